import { connect, createServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { events } from '../../../src/tasks/events.ts'
import { owner, testApp } from '../../support/app.ts'
import { once } from '../../support/postgres.ts'
import { until } from '../../support/process.ts'

const CUTS = 500
const COMMIT = Buffer.from('COMMIT\0')
const AT_ONCE = 4

/** Leads to the server, and cuts connections at their COMMIT: before the server gets it, or before its answer is back. */
async function cutter(port: number) {
  const cuts = { before: 0, after: 0, isOn: false }
  const sockets = new Set<Socket>()
  let commits = 0
  const proxy = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    let isDeaf = false
    for (const socket of [near, far]) sockets.add(socket.on('error', () => socket.destroy()))
    near.on('data', (bytes: Buffer) => {
      const how = cuts.isOn && bytes.includes(COMMIT) && cuts.before + cuts.after < CUTS ? commits++ % 3 : 0
      if (how === 1) {
        cuts.before++
        far.destroy()
        near.destroy()
        return
      }
      if (how === 2) {
        cuts.after++
        isDeaf = true
      }
      far.write(bytes)
    })
    far.on('data', (bytes: Buffer) => {
      if (isDeaf) {
        near.destroy()
        far.destroy()
      } else near.write(bytes)
    })
    near.on('close', () => far.end())
    far.on('close', () => near.destroy())
  })
  const open = (at = 0) => new Promise<void>((resolve) => proxy.listen(at, '127.0.0.1', resolve))
  await open()
  const place = proxy.address() as { port: number }
  const close = () => {
    proxy.close()
    for (const socket of sockets) socket.destroy()
  }
  return { port: place.port, cuts, close, open: () => open(place.port) }
}

test(`of changes whose connection is cut ${CUTS} times around COMMIT, each is made once and answered with its seq`, async () => {
  const direct = await testApp()
  const url = new URL(direct.config['database-url'] as string)
  const { port, cuts, close } = await cutter(Number(url.port))
  url.port = String(port)
  const app = await testApp({ 'database-url': url.href })
  onTestFinished(close)
  cuts.isOn = true
  const answered = new Map<string, number>()
  let made = 0
  const writer = async () => {
    while (cuts.before + cuts.after < CUTS) {
      const id = `t_${++made}`
      const { seq } = await app.mutate(owner, (tx) => tx.emit(events.deleted, `task:${id}`, { task_id: id, reason: 'test' }))
      answered.set(`task:${id}`, seq)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, writer))
  expect(cuts.before + cuts.after).toBe(CUTS)
  expect(Math.min(cuts.before, cuts.after)).toBeGreaterThan(CUTS / 3)
  const stored = await direct.db.selectFrom('events').select(['subject', 'seq']).orderBy('seq').execute()
  expect(stored).toHaveLength(made)
  expect(new Map(stored.map(({ subject, seq }) => [subject, seq]))).toEqual(new Map([...answered].sort(([, a], [, b]) => a - b)))
})

test('changes go on while the server ends every connection, again and again, and each is made once', async () => {
  const app = await testApp()
  const name = new URL(app.config['database-url'] as string).pathname.slice(1)
  const postgres = (app.config['database-url'] as string).replace(`/${name}`, '/postgres')
  let [made, isOver] = [0, false]
  const writer = async () => {
    while (!isOver) {
      const id = `t_${++made}`
      await app.mutate(owner, (tx) => tx.emit(events.deleted, `task:${id}`, { task_id: id, reason: 'test' }))
    }
  }
  const writers = Array.from({ length: AT_ONCE }, writer)
  for (let i = 1; i <= 20; i++) {
    await once(postgres, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`)
    const enough = made + 10
    await until(() => made > enough)
  }
  isOver = true
  await Promise.all(writers)
  const subjects = (await app.db.selectFrom('events').select('subject').execute()).map(({ subject }) => subject)
  expect([subjects.length, new Set(subjects).size]).toEqual([made, made])
})

test('while the server is away requests get 503, and once it is back everything works again', async () => {
  const direct = await testApp()
  const url = new URL(direct.config['database-url'] as string)
  const { port, close, open } = await cutter(Number(url.port))
  url.port = String(port)
  const app = await testApp({ 'database-url': url.href })
  onTestFinished(close)
  expect((await app.json('/api/tasks', { command: 'true' })).status).toBe(201)
  close()
  const refused = await Promise.all([app.json('/api/tasks?limit=1'), app.json('/api/tasks', { command: 'true' })])
  for (const { status, body } of refused) expect([status, body.detail]).toEqual([503, expect.stringContaining('The database does not respond')])
  await open()
  expect((await app.json('/api/tasks', { command: 'true' })).status).toBe(201)
  expect((await app.json('/api/tasks')).body.items).toHaveLength(2)
})

test('a retried request with its key is made once, when the first answer is lost and when both arrive at once', async () => {
  const app = await testApp()
  const post = () => app.json('/api/tasks', { command: 'true' }, { headers: { 'idempotency-key': 'once' } })
  const answers = await Promise.all(Array.from({ length: 8 }, post))
  expect(new Set(answers.map(({ status, body }) => `${status} ${body.item.id} ${body.seq}`)).size).toBe(1)
  expect(await app.logged()).toEqual(['task.created'])
})
