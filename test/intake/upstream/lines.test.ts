import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { inherited } from '../../../src/config/config.ts'
import type { UpstreamConfig } from '../../../src/config/upstream.ts'
import { PACE } from '../../../src/intake/upstream/upstream.ts'
import { Upstreams } from '../../../src/intake/upstream/upstreams.ts'
import { type TestApp, testApp } from '../../support/app.ts'
import { alive, token } from '../../support/processes.ts'
import { temporaryFolder, until } from '../../support/server.ts'
import { serving } from './nodes.ts'

const QUICK = { ...PACE, firstMs: 10, longestMs: 300, refusedMs: 300, goodMs: 300 }

async function reading(config: UpstreamConfig, pace = QUICK) {
  const app = await testApp({ upstreams: [config] })
  const upstreams = new Upstreams(app, pace)
  onTestFinished(() => upstreams.stop())
  await upstreams.start()
  return { app, upstreams, state: () => upstreams.states()[0]! }
}

const command = (...argv: string[]): UpstreamConfig => ({ kind: 'command', name: 'journal', argv, kinds: [] })

async function heard(app: TestApp) {
  const rows = await app.db.selectFrom('events').selectAll().where('source', '!=', 'local').orderBy('seq').execute()
  return rows.map(({ kind, source_id, payload }) => ({ kind, source_id, payload: JSON.parse(payload) }))
}

test('lines over HTTP: the inbox’s own form or any object; invalid lines are counted and skipped', async () => {
  const lines = [
    '{"kind":"note.added","source_id":"n1","payload":{"text":"x"}}',
    '{"id":7,"temperature":21.5}',
    'not JSON',
    '',
    '[1]',
    `{"text":"${'x'.repeat(70_000)}"}`,
    `{"kind":"note.added","payload":{"text":"${'é'.repeat(32_000)}"}}`,
    '{"kind":"note.added","source_id":"n1","payload":{"text":"again"}}',
    '{"type":"sheet.done","job":1}',
  ]
  const url = await serving((_, response) => {
    response.writeHead(200, { 'Content-Type': 'application/x-ndjson' })
    // In pieces that end anywhere, also inside a character.
    const bytes = Buffer.from(`${lines.join('\n')}\n`)
    for (let at = 0; at < bytes.length; at += 4099) response.write(bytes.subarray(at, at + 4099))
  })
  const { app, state } = await reading({ kind: 'ndjson', name: 'feed', url, token: undefined, kinds: [], since: 'now' })
  await until(() => state().received === 4)
  expect(state()).toMatchObject({ state: 'live', duplicates: 1, refused: 3 })
  expect((await heard(app)).map(({ kind, source_id }) => [kind, source_id?.slice(0, 4)])).toEqual([
    ['note.added', 'n1'],
    ['feed.received', '7'],
    ['note.added', expect.any(String)],
    ['sheet.done', expect.any(String)],
  ])
})

test('a command is read line by line as it prints, without a shell and without our environment', async () => {
  const file = join(temporaryFolder(), 'events.ndjson')
  writeFileSync(file, '{"id":1}\n')
  const { app, state } = await reading(command('tail', '-n', '+1', '-F', file))
  for (let id = 2; id <= 5; id++) appendFileSync(file, `{"id":${id}}\n`)
  await until(() => state().received === 5)
  expect((await heard(app)).map(({ source_id }) => source_id)).toEqual(['1', '2', '3', '4', '5'])
  const print = await reading(command(process.execPath, '-p', 'JSON.stringify({ names: Object.keys(process.env), text: process.argv[1] })', '$HOME; echo'))
  await until(() => print.state().received >= 1)
  const [first] = await heard(print.app)
  expect(first?.payload.text).toBe('$HOME; echo')
  expect(first?.payload.names.filter((name: string) => !(name in inherited) && !['PWD', 'TELLTALE_FENCE_KEY'].includes(name))).toEqual([])
})

test('a command that ends is started again, more and more slowly, and its last words are kept', async () => {
  const log = join(temporaryFolder(), 'starts')
  const script = `echo x >> ${log}; echo '{"id":"same"}'; echo first >&2; echo 'disk on fire' >&2; exit 3`
  const { state } = await reading(command('sh', '-c', script))
  await until(() => state().retries >= 6)
  expect(state()).toMatchObject({ received: 1, last_error: 'it ended with exit code 3: disk on fire' })
  expect(state().duplicates).toBeGreaterThanOrEqual(4)
  expect(readFileSync(log, 'utf8').length).toBeGreaterThan(8)
})

test('a missing command is a refusal', async () => {
  const { state } = await reading(command('/nowhere/at-all'))
  await until(() => state().state === 'refused')
  expect(state()).toMatchObject({ target: '/nowhere/at-all', last_error: 'it cannot be started: ENOENT' })
})

test('at stop the whole process group is killed within a bound, including processes that ignore TERM', async () => {
  const word = token()
  const script = `trap '' TERM; sh -c 'trap "" TERM; echo "{}"; while :; do sleep 0.2; done' ${word} & echo '{}'; while :; do sleep 0.2; done`
  const { upstreams, state } = await reading(command('sh', '-c', script, word))
  await until(() => state().received === 2)
  expect(alive(word).length).toBeGreaterThanOrEqual(2)
  const began = performance.now()
  await Promise.all([upstreams.stop(), upstreams.stop()])
  const took = performance.now() - began
  expect(alive(word)).toEqual([])
  expect(took).toBeGreaterThan(1_900) // what ignores TERM is given this long
  expect(state().state).toBe('stopped')
})

test('two starts run one command, and it can be started again after a stop', async () => {
  const word = token()
  const { upstreams, state } = await reading(command('sh', '-c', `echo '{}'; exec sleep 60`, word))
  await upstreams.start()
  await Promise.all([upstreams.start(), upstreams.start()])
  await until(() => state().received === 1)
  expect(state()).toMatchObject({ state: 'live', retries: 0 })
  await upstreams.stop()
  expect(state().state).toBe('stopped')
  await upstreams.start()
  await until(() => state().received === 2)
})

test('at stop a process that left the group and holds the output open is gone, too', async () => {
  const word = token()
  const script = `setsid sh -c 'echo "{}"; while :; do sleep 1; done' ${word} & exec sleep 60`
  const { upstreams, state } = await reading(command('sh', '-c', script))
  await until(() => state().received === 1)
  expect(alive(word).length).toBeGreaterThan(0)
  await upstreams.stop()
  expect([state().state, alive(word)]).toEqual(['stopped', []])
})
