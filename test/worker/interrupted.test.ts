import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { alive, escapist, hasSpread, token, until } from '../support/processes.ts'
import { type Asked, type Fate, proxy } from './proxy.ts'
import { Site } from './site.ts'

/** A restarted server gives every task a whole lease, so reports are in time even on a slow machine. */
const LEASE_MS = 8000
/** For tasks that must not end without a response, nor wait for one. */
const LONG_LEASE_MS = 60_000
const UNREACHABLE = /^interrupted: its worker could not reach the server for \d+ s$/
/** Runs for ever the first time, and succeeds the second time. */
const ONLY_ONCE_STUCK = '[ "$TELLTALE_ATTEMPT" = 2 ] || while :; do sleep 1; done'

/** On a busy machine a beat may be too late as well: that is an outage of its own, but no outage is reported twice. */
const outagesIn = (said: string) =>
  (said.match(/waiting for the server|the server responds again/g) ?? []).map((line) => line + (line.endsWith('again') ? '; ' : ', ')).join('')

const site = (leaseMs = LEASE_MS) => Site.start('--lease-ms', String(leaseMs))

test('a worker that cannot reach its server for 0.7 of its lease kills its task, later reports why, and continues', async () => {
  const it = await site()
  const kinds = ['auto', 'off'].map((isolate) => ({ queue: isolate, word: token(), ...it.worker('--isolate', isolate, '--queue', isolate) }))
  const third = it.worker()
  const ids = await Promise.all(kinds.map(({ queue, word }) => it.create(escapist(word), { queue })))
  const idempotent = await it.create(ONLY_ONCE_STUCK, { idempotent: true })
  for (const { word } of kinds) await until('it has spread', () => hasSpread(word))
  await it.become(idempotent, 'running')
  await it.server.end('SIGKILL')
  for (const { word } of kinds) await until('nothing of it lives', () => alive(word).length === 0)
  await until('the third was killed', () => third.said().includes(`${idempotent} is killed`))
  await it.again()
  for (const id of ids) expect((await it.become(id, 'failed')).error).toMatch(UNREACHABLE)
  for (const { queue, said } of kinds) {
    await it.become(await it.create('true', { queue }), 'succeeded')
    expect(outagesIn(said())).toMatch(/^(waiting for the server, the server responds again; )+$/)
  }
  const { attempts } = await it.become(idempotent, 'succeeded')
  expect(attempts).toMatchObject([{ outcome: 'succeeded' }, { outcome: 'failed', error: expect.stringMatching(UNREACHABLE) }])
})

test('a worker that was frozen reports a task killed by its guardian as interrupted, and one that ended by itself as ended', async () => {
  const it = await site()
  const { process } = it.worker('--concurrency', '2')
  const [killed, word, file] = [token(), token(), join(it.data, 'go')]
  const ids = [await it.create(escapist(killed)), await it.create(`: ${word}; while [ ! -e ${file} ]; do sleep 0.1; done`)] as const
  await until('both run', () => hasSpread(killed) && alive(word).length > 0)
  process.kill('SIGSTOP')
  await it.server.end('SIGKILL')
  writeFileSync(file, '')
  await until('neither lives', () => alive(killed).length + alive(word).length === 0)
  await it.again()
  process.kill('SIGCONT')
  expect((await it.become(ids[0], 'failed')).error).toMatch(UNREACHABLE)
  await it.become(ids[1], 'succeeded')
})

test('a task outlives a restart of the server that is shorter than the lease', async () => {
  const it = await site(LONG_LEASE_MS)
  it.worker()
  const file = join(it.data, 'go')
  const id = await it.create(`echo before; while [ ! -e ${file} ]; do sleep 0.1; done; echo after`)
  await until('it prints', async () => (await it.log(id)) === 'before\n')
  await it.server.end('SIGKILL')
  writeFileSync(file, '')
  await it.again()
  await it.become(id, 'succeeded')
  expect(await it.log(id)).toBe('before\nafter\n')
})

test('a task succeeds despite a stalled beat, a lost report and a lost response', async () => {
  const it = await site(2 * LEASE_MS)
  const way = await proxy(it.data)
  const worker = it.worker('--url', way.url)
  const file = join(it.data, 'go')
  const id = await it.create(`while [ ! -e ${file} ]; do sleep 0.1; done`)
  const asked = (verb: string) => way.asked.filter(({ path }) => path.endsWith(verb))
  const first =
    (verb: string, ...fates: Fate[]) =>
    ({ path }: Omit<Asked, 'fate'>) =>
      (path.endsWith(verb) && fates[asked(verb).length]) || 'pass'
  way.fate = first('/heartbeat', 'pass', 'stall')
  await until('a beat that stalled was repeated', () => asked('/heartbeat').length >= 3)
  way.fate = first('/finish', 'hold', 'lose')
  writeFileSync(file, '')
  await it.become(id, 'succeeded')
  await until('it knows', () => worker.said().includes(`${id} ended: exit code 0`))
  expect(asked('/finish').map(({ fate }) => fate)).toEqual(['hold', 'lose', 'pass'])
  expect(new Set(asked('/finish').map(({ key }) => key)).size).toBe(1)
})
