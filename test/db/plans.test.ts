import Database from 'better-sqlite3'
import { afterEach, expect, test, vi } from 'vitest'
import { orphan, reap, resumeLeases } from '../../src/leases/leases.ts'
import { reconcile } from '../../src/leases/reconcile.ts'
import { STATE_WORDS } from '../../src/tasks/search/search.ts'
import { owner, type TestApp, testApp } from '../support/app.ts'

const QUERIES = [
  ...STATE_WORDS.map((state) => `state=${state}`),
  ...['queue=default', 'worker=w_1', 'project=shop', 'before=t_9', 'q=refused', 'q=-state:failed', 'q=state:failed+queue:mail+refused'],
]
const LISTS = ['tasks', 'workers', 'queues', 'events', 'home', 'hub', 'settings']
const ITEMS = ['tasks/t_1', 'tasks/t_2', 'workers/w_2', 'queues/default']
/** All tasks are about to be changed: they are counted. */
const ALL = '/tasks/confirm?verb=delete&match='
const READ = [
  ...['', 'ui/', 'api/'].flatMap((root) => [...LISTS, ...ITEMS, ...QUERIES.map((query) => `tasks?${query}`)].map((path) => `/${root}${path}`)),
  ...['/api/state', '/ui/nav', '/metrics', '/ui/palette?q=one', '/ui/tasks/suggest?q=queue:', '/settings/access', '/api/tokens', '/api/sessions'],
  ...['', '?kinds=task.', '?kinds=task.created,worker.', '?subject=task:t_1', '?order=asc&since=3'].map((query) => `/api/events${query}`),
  ...['/api/tasks/t_1/events', ALL, '/tasks/confirm?verb=cancel&match=state%3Dscheduled', '/tasks/confirm?verb=cancel&id=t_2&id=t_3'],
]

/** Tables that grow without limit. A scan with an order and a limit reads only its page. */
const GROWING = /^SCAN (tasks|attempts|events|idempotency|task_minutes)\b/
const isCutShort = (sql: string, plan: readonly string[]) => /\blimit\b/i.test(sql) && !plan.some((step) => step.includes('TEMP B-TREE'))

afterEach(() => vi.restoreAllMocks())

test('no query of a request or of background work scans a whole table', async () => {
  const prepare = vi.spyOn(Database.prototype, 'prepare')
  const app = await searchingHere()
  await work(app)
  for (const path of READ)
    expect([path, (await app.ask(path, { headers: { accept: path.includes('api') ? 'application/json' : 'text/html' } })).status]).toEqual([path, 200])
  const asked = new Set(prepare.mock.calls.map(([sql]) => sql).filter((sql) => /^(select|insert|update|delete|with)\b/i.test(sql)))
  const file = (prepare.mock.contexts as Database.Database[]).find(({ open }) => open) as Database.Database
  expect([...asked].filter((sql) => reads(file, sql))).toEqual([])
  // The control: the states as parameters, which no index of just some states serves.
  expect(reads(file, 'select id from tasks where unique_key = ? and state in (?, ?)')).toBe(true)
})

test('no page reads many tasks when very many are queued, whichever index it uses', async () => {
  const rows = countRows()
  const app = await searchingHere()
  await work(app)
  await addDue(app, 1000)
  const looked = async (ask: () => Promise<unknown>) => {
    rows.read = 0
    await ask()
    return rows.read
  }
  const most = 60 // a page of 50, and what stands beside it
  for (const path of READ.filter((path) => path !== ALL)) expect([path, (await looked(() => app.ask(path))) <= most]).toEqual([path, true])
  // The controls: changing all tasks counts them first, and this query reads each row despite its index.
  expect(await looked(() => app.ask(ALL))).toBeGreaterThan(1000)
  const scheduled = app.db.selectFrom('tasks').where('deleted_at', 'is', null).where('state', '=', 'queued').where('run_at', '>', app.time.now())
  expect(await looked(() => scheduled.select('title').orderBy('number', 'desc').limit(51).execute())).toBeGreaterThan(1000)
})

/** An app that searches on a connection of this thread, where its statements can be seen. */
async function searchingHere(): Promise<TestApp> {
  const app = await testApp()
  app.database.pool = app.database.reader
  return app
}

/** Counts the rows that each query on tasks reads. */
function countRows(): { read: number } {
  const rows = { read: 0 }
  const counting = new WeakSet<Database.Database>()
  const { prepare } = Database.prototype
  vi.spyOn(Database.prototype, 'prepare').mockImplementation(function (this: Database.Database, sql: string) {
    if (!counting.has(this)) this.function('counted', () => ++rows.read)
    counting.add(this)
    return prepare.call(this, sql.replaceAll('from "tasks" where ', 'from "tasks" where counted() and ')) as Database.Statement
  })
  return rows
}

async function addDue(app: TestApp, tasks: number) {
  await app.mutate(owner, async ({ db }) => {
    const { number: _, id: __, ...one } = await db.selectFrom('tasks').selectAll().where('id', '=', 't_2').executeTakeFirstOrThrow()
    const due = { ...one, state: 'queued', run_at: one.created_at }
    for (let i = 0; i < tasks; i++) await db.insertInto('tasks').values(due).execute()
  })
}

/** A task's whole life, a worker's, and what runs beside requests. */
async function work(app: TestApp) {
  const post = async (path: string, body: object = {}, headers = {}) => {
    const answer = await app.json(path, body, { headers })
    expect([path, answer.status < 300]).toEqual([path, true])
    return answer.body
  }
  await post('/api/workers', { name: 'one', queues: ['*'] })
  await post('/api/tasks', { title: 'one', command: 'true', unique_key: 'one', project: 'shop', retries: 1 }, { 'idempotency-key': 'once' })
  const claimed = await post('/api/tasks/claim', { worker_id: 'w_1' })
  const hold = { worker_id: 'w_1', fence: claimed.fence }
  await post('/api/tasks/t_1/run', hold)
  await post('/api/tasks/t_1/heartbeat', hold)
  await post('/api/tasks/t_1/log', { ...hold, attempt: 1, offset: 0, stream: 'stdout', data: 'aGVsbG8=' })
  for (const act of [reconcile, reap, resumeLeases]) await act(app)
  await post('/api/tasks/t_1/finish', { ...hold, exit_code: 1 })
  for (const title of ['two', 'three']) await post('/api/tasks', { title, command: 'true', run_at: '2030-01-01T00:00:00Z' })
  await post('/api/tasks', { title: 'four', command: 'true' })
  await orphan(app, { id: 't_4', fence: (await post('/api/tasks/claim', { worker_id: 'w_1' })).fence }, { why: 'gone' })
  for (const verb of ['cancel', 'retry', 'description', 'cancel', 'delete'])
    await post(`/api/tasks/t_4/${verb}`, verb === 'description' ? { description: 'x', version: 1 } : {})
  await post('/api/tasks/bulk', { verb: 'cancel', match: 'q=three' })
  for (const verb of ['drain', 'delete']) await post(`/api/workers/w_1/${verb}`)
  await post('/api/workers', { name: 'two' })
  await post('/api/events', { source: 'nas', source_id: '1', kind: 'backup.finished' })
}

function reads(file: Database.Database, sql: string): boolean {
  const parameters = Array(sql.split('?').length - 1).fill(null)
  const plan = (file.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters) as { detail: string }[]).map(({ detail }) => detail)
  return plan.some((step) => GROWING.test(step)) && !isCutShort(sql, plan)
}
