import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { spaceOf } from '../../src/db/index.ts'
import { claim } from '../../src/leases/claim.ts'
import { oldest } from '../../src/log/log.ts'
import { WORK_IDEMPOTENCY_MS } from '../../src/log/mutate.ts'
import { throughput } from '../../src/queues/throughput.ts'
import { janitor } from '../../src/settings/janitor.ts'
import { output } from '../../src/tasks/log/output.ts'
import { RETIRED_AT_ONCE } from '../../src/tasks/retire.ts'
import { count } from '../../src/tasks/tasks.ts'
import { form, owner, type TestApp, testApp } from '../support/app.ts'
import { onSqlite } from '../support/engine.ts'

const DAY = 86_400_000
const SECRET = 'hunter2-swordfish'
const HTML = { accept: 'text/html' }

/** A task that ran and printed; returns its id. */
async function ran(app: TestApp, some: object = {}): Promise<string> {
  const { id } = (await app.json('/api/tasks', { command: 'true', ...some }, { headers: { 'idempotency-key': randomUUID() } })).body.item
  const workers = (await app.json('/api/workers')).body.items
  const worker_id = workers[0]?.id ?? (await app.json('/api/workers', { name: 'one', queues: ['*'] })).body.item.id
  const idempotency = { key: randomUUID(), requestHash: '', keptMs: WORK_IDEMPOTENCY_MS }
  const taken = await claim(app, { ...owner, idempotency }, { worker_id, wait_s: 0 })
  const hold = { worker_id, fence: taken?.value.fence }
  await app.json(`/api/tasks/${id}/run`, hold)
  await app.json(`/api/tasks/${id}/log`, { ...hold, offset: 0, stream: 'stdout', data: Buffer.from(SECRET).toString('base64') })
  expect((await app.json(`/api/tasks/${id}/finish`, { ...hold, exit_code: 1, error: SECRET })).status).toBe(200)
  return id
}

const hasOutput = async (app: TestApp, id: string) => (await output(app).log(id, 1)).size > 0
/** 10 MB. */
async function printMuch(app: TestApp, id: string, attempt: number) {
  const bytes = Buffer.alloc(500_000)
  for (let at = 0; at < 10e6; at += bytes.length) await output(app).append(id, attempt, { offset: at, stream: 'stdout', bytes })
}

const rowsOf = (app: TestApp, id: string) => app.db.selectFrom('tasks').select('id').where('id', '=', id).execute()

/** In the database or in its write-ahead log. */
const onDisk = (app: TestApp) => ['telltale.db', 'telltale.db-wal'].some((name) => readFileSync(join(app.config.data, name)).includes(SECRET))

describe('a deleted task', () => {
  onSqlite('leaves no output, no row and none of its text behind, and its events keep seq and kind', async () => {
    const app = await testApp()
    const kept = await ran(app)
    const id = await ran(app, { title: SECRET, command: `echo ${SECRET}`, description: SECRET, contract: SECRET })
    await app.json(`/api/tasks/${id}/description`, { description: `${SECRET} again`, version: 1 })
    const before = await app.logged()
    await app.json(`/api/tasks/${id}/delete`, {})
    await janitor(app).purge()
    expect([await hasOutput(app, id), await rowsOf(app, id), await hasOutput(app, kept)]).toEqual([false, [], true])
    expect(await app.logged()).toEqual([...before, 'task.deleted'])
    const events = (await app.json(`/api/events?subject=task:${id}`, undefined, { headers: { accept: 'application/json' } })).body.items
    expect(JSON.stringify(events)).not.toContain(SECRET)
    const created = events.find(({ kind }: { kind: string }) => kind === 'task.created').payload
    expect(created).toMatchObject({ task_id: id, state: 'queued', title: '', redacted: true })
    expect((await app.json('/api/tasks?q=swordfish')).body.items.map((task: { id: string }) => task.id)).toEqual([kept])
    expect((await app.json(`/api/tasks/${id}`)).status).toBe(404)
    // The control: the other task failed with the same word, so the files hold it; once that one goes, nothing does.
    expect(onDisk(app)).toBe(true)
    await app.json(`/api/tasks/${kept}/delete`, {})
    await janitor(app).purge()
    expect(onDisk(app)).toBe(false)
  })

  test('stays while it can be undone', async () => {
    const app = await testApp()
    const id = await ran(app)
    await app.json(`/api/tasks/${id}/delete`, { grace: 1 })
    await janitor(app).purge()
    expect([await hasOutput(app, id), (await rowsOf(app, id)).length]).toEqual([true, 1])
  })
})

describe('what is too old', () => {
  test('does not wait behind tasks that ended long ago and are queued again', async () => {
    const app = await testApp()
    const ids: string[] = []
    for (let i = 0; i < RETIRED_AT_ONCE; i++) ids.push(await ran(app, { retries: 1 }))
    const old = await ran(app)
    expect((await app.json('/api/tasks?state=queued&limit=100')).body.items).toHaveLength(RETIRED_AT_ONCE)
    app.time.pass(91 * DAY)
    await janitor(app).sweep()
    expect([await rowsOf(app, old), (await rowsOf(app, ids[0] as string)).length]).toEqual([[], 1])
  })

  test('is removed: output after 30 days, tasks after 90, and the counters and the search stay right', async () => {
    const app = await testApp()
    const old = await ran(app, { title: 'old' })
    app.time.pass(40 * DAY)
    const young = await ran(app, { title: 'young' })
    await app.json('/api/tasks', { title: 'open', command: 'true' })
    await janitor(app).sweep()
    expect([await hasOutput(app, old), await hasOutput(app, young), (await rowsOf(app, old)).length]).toEqual([false, true, 1])
    app.time.pass(55 * DAY)
    const chart = () => throughput(app.db, { range: '7d', now: app.time.now() })
    const before = await chart()
    await janitor(app).sweep()
    expect((await app.json('/api/tasks')).body.items.map(({ title }: { title: string }) => title)).toEqual(['open', 'young'])
    expect((await count(app.db)).counts).toMatchObject({ failed: 1, queued: 1 })
    expect((await app.json('/api/tasks?q=old')).body.items).toEqual([])
    expect(await chart()).toEqual(before)
    expect((await app.db.selectFrom('task_minutes').select('minute').distinct().execute()).length).toBe(1)
    const { kind, actor, payload } = await app.db.selectFrom('events').selectAll().orderBy('seq', 'desc').limit(1).executeTakeFirstOrThrow()
    expect([kind, actor, JSON.parse(payload)]).toEqual(['task.deleted', 'telltale', { task_id: old, reason: 'ended more than 90d ago' }])
  })

  test('is removed from the front of the log by when it was written, whatever time the event has; the newest stays', async () => {
    const app = await testApp()
    const append = (at: string) => app.json('/api/events', { source: 'nas', kind: 'backup.finished', at })
    await append('2001-01-01T00:00:00Z')
    await append('2099-01-01T00:00:00Z')
    await janitor(app).sweep()
    app.time.pass(399 * DAY)
    await append('2001-01-01T00:00:00Z') // written now, whatever it says
    await janitor(app).sweep()
    expect(await oldest(app.db)).toBe(1)
    app.time.pass(2 * DAY)
    await janitor(app).sweep()
    expect(await oldest(app.db)).toBe(3)
    app.time.pass(800 * DAY)
    await janitor(app).sweep()
    expect(await oldest(app.db)).toBe(3) // the newest stays: the numbers go on from it
  })

  test('goes by size: the oldest output first', async () => {
    const app = await testApp({ 'max-data': '50MB' })
    const ids = []
    for (const title of ['first', 'second', 'third']) {
      ids.push(await ran(app, { title }))
      app.time.pass(1000)
      for (const attempt of [2, 3]) await printMuch(app, ids.at(-1) as string, attempt)
    }
    await janitor(app).sweep()
    expect(await Promise.all(ids.map((id) => hasOutput(app, id)))).toEqual([false, true, true])
    expect((await count(app.db)).counts).toMatchObject({ failed: 3 })
  })

  test('includes output of no task; other folders stay', async () => {
    const app = await testApp()
    mkdirSync(join(app.config.data, 'logs', 'workers'), { recursive: true })
    await output(app).append('t_99', 1, { offset: 0, stream: 'stdout', bytes: Buffer.from('x') })
    expect(await hasOutput(app, 't_99')).toBe(true)
    await janitor(app).sweep()
    expect(await hasOutput(app, 't_99')).toBe(false)
    expect(readdirSync(join(app.config.data, 'logs'))).toEqual(['workers'])
  })
})

onSqlite('the database file shrinks when much of it is free', async () => {
  const app = await testApp()
  const rows = (fill: boolean) =>
    app.mutate(owner, async ({ db }) => {
      if (!fill) return void (await db.deleteFrom('meta').where('key', 'like', 'x%').execute())
      for (let i = 0; i < 20; i++)
        await db
          .insertInto('meta')
          .values({ key: `x${i}`, value: 'x'.repeat(1_000_000) })
          .execute()
    })
  await rows(true)
  await rows(false)
  expect((await spaceOf(app.db)).free_bytes).toBeGreaterThan(19e6)
  await janitor(app).sweep()
  expect(await spaceOf(app.db)).toMatchObject({ free_bytes: 0 })
})

describe('the log', () => {
  test('is append-only but for its front and for text that is taken out', async () => {
    const app = await testApp()
    await ran(app)
    const write = (query: ReturnType<typeof sql>) => app.mutate(owner, ({ db }) => query.execute(db))
    for (const query of [
      sql`delete from events where seq = 1`,
      sql`update events set payload = '{}' where seq = 1`,
      sql`update events set payload = '{"redacted":true}', actor = 'x' where seq = 1`,
    ])
      await expect(write(query)).rejects.toThrow('the log is append-only')
  })
})

describe('the settings', () => {
  const settings = async (app: TestApp) => Object.fromEntries((await app.json('/api/settings')).body.items.map((it: { id: string }) => [it.id, it]))

  test('are saved by an admin, with an event each, and take effect', async () => {
    const app = await testApp()
    expect(await settings(app)).toMatchObject({ 'keep-tasks': { value: '90d', from: 'default' }, 'max-data': { value: '10GB', from: 'default' } })
    const saved = await app.ask('/settings/data', form({ 'keep-tasks': '2W', 'keep-logs': '30d', 'max-data': 'Unlimited' }, HTML))
    expect([saved.status, saved.headers.get('location')]).toEqual([303, '/settings/data?saved'])
    expect(await settings(app)).toMatchObject({
      'keep-tasks': { value: '2w', from: 'setting' },
      'keep-logs': { from: 'default' },
      'max-data': { value: 'unlimited' },
    })
    expect(await app.logged()).toEqual(['setting.changed', 'setting.changed'])
    const id = await ran(app)
    app.time.pass(15 * DAY)
    await janitor(app).sweep()
    expect(await rowsOf(app, id)).toEqual([])
  })

  test('are refused in place if invalid', async () => {
    const app = await testApp()
    const answer = await app.ask('/settings/data', form({ 'keep-tasks': 'soon', 'max-data': '1MB' }, HTML))
    const page = await answer.text()
    expect(answer.status).toBe(422)
    expect(page).toContain('value="soon"')
    expect(page).toContain('This must be a time such as 12h, 90d, 8w or 2y, or forever.')
    expect(page).toContain('This must be a size of at least 50MB')
    expect(await app.logged()).toEqual([])
  })

  test('are overridden by a flag, and show that', async () => {
    const app = await testApp({ 'keep-logs': '7d' })
    expect(await settings(app)).toMatchObject({ 'keep-logs': { value: '7d', from: 'flag' } })
    const page = await (await app.ask('/settings/data', { headers: HTML })).text()
    expect(page).toContain('set by --keep-logs')
    expect(page).not.toContain('name="keep-logs"')
    expect((await app.json('/settings/data', { 'keep-logs': '8d' })).status).toBe(409)
  })

  test('can be changed by an admin only', async () => {
    const app = await testApp()
    const { token } = (await app.json('/api/tokens', { name: 'x', role: 'operator' })).body.item
    const headers = { authorization: `Bearer ${token}`, host: `127.0.0.1:${app.address.port}` }
    const over = (init: RequestInit) =>
      app.http.request(`http://${headers.host}/settings/data`, init, { incoming: { socket: {}, rawHeaders: ['Host', headers.host], url: '/settings/data' } })
    const body = JSON.stringify({ 'keep-logs': '8d' })
    expect((await over({ method: 'POST', body, headers: { ...headers, 'content-type': 'application/json' } })).status).toBe(403)
    const page = await (await over({ headers: { ...headers, ...HTML } })).text()
    expect(page).toContain('Keep output for')
    expect(page).not.toContain('name="keep-logs"')
  })
})
