import { expect, test } from 'vitest'
import { neighbours } from '../../../src/tasks/context/neighbours.ts'
import { runs, runsQuery } from '../../../src/tasks/context/runs.ts'
import { endedQuery, load, openQuery } from '../../../src/workers/load.ts'
import { type TestApp, testApp } from '../../support/app.ts'
import { onSqlite } from '../../support/engine.ts'
import { planOf } from '../../support/plan.ts'

const MINUTE = 60_000

async function run(app: TestApp, { title = 'nightly', queue = 'mail', exit_code = 0, ms = 1000 } = {}) {
  await app.json('/api/tasks', { title, command: 'true', queue })
  const { item, fence } = (await app.json('/api/tasks/claim', { worker_id: 'w_1' })).body
  await app.json(`/api/tasks/${item.id}/run`, { worker_id: 'w_1', fence })
  app.time.pass(ms)
  await app.json(`/api/tasks/${item.id}/finish`, { worker_id: 'w_1', fence, exit_code })
}

async function withWorker() {
  const app = await testApp()
  await app.json('/api/workers', { name: 'one', queues: ['*'] })
  return app
}

test('a task’s runs are the tasks of its name in its queue up to it, oldest first, at most thirty', async () => {
  const app = await withWorker()
  await run(app)
  await run(app, { title: 'other' })
  await run(app, { queue: 'ci' })
  await run(app, { exit_code: 1, ms: 4000 })
  const of = (number: number) => runs(app.db, { id: `t_${number}`, title: 'nightly', queue: 'mail' })
  expect((await of(4)).map(({ id, state, run_ms }) => [id, state, run_ms])).toEqual([
    ['t_1', 'succeeded', 1000],
    ['t_4', 'failed', 4000],
  ])
  expect((await of(1)).map(({ id }) => id)).toEqual(['t_1'])
  for (let i = 0; i < 32; i++) await app.json('/api/tasks', { title: 'nightly', command: 'true', queue: 'mail' })
  expect((await of(36)).map(({ id }) => id).at(0)).toBe('t_7')
  expect(await (await app.ask('/ui/tasks/t_36')).text()).toContain('Last 30 runs')
})

test('a task that has not begun shows how it went before, newest first, until its output arrives', async () => {
  const app = await withWorker()
  await run(app)
  await run(app, { exit_code: 1, ms: 4000 })
  const create = async (queue: string) => (await app.json('/api/tasks', { title: 'nightly', command: 'true', queue })).body.item.id
  const [id, first] = [await create('mail'), await create('weekly')]
  const listed = async (id: string) => {
    const [list = ''] = /<section class="last-runs"[\s\S]*?<\/section>/.exec(await (await app.ask(`/ui/tasks/${id}`)).text()) ?? []
    return [...list.matchAll(/class="row-link" href="\/tasks\/(t_\d+)"/g)].map(([, id]) => id)
  }
  expect([await listed(first), await listed(id)]).toEqual([[], ['t_2', 't_1']])
  expect((await app.json('/api/tasks/claim', { worker_id: 'w_1' })).body.item.id).toBe(id)
  expect(await listed(id)).toEqual([])
})

test('a task shows its neighbours in the list that its viewer came from', async () => {
  const app = await withWorker()
  for (const queue of ['mail', 'ci', 'mail', 'mail']) await app.json('/api/tasks', { command: 'true', queue })
  expect(await neighbours(app.db, 't_2', { now: app.time.now() })).toEqual({ from: '', previous: 't_3', next: 't_1' })
  expect(await neighbours(app.db, 't_3', { from: 'q=queue%3Amail', now: app.time.now() })).toEqual({ from: 'q=queue%3Amail', previous: 't_4', next: 't_1' })
  expect(await neighbours(app.db, 't_1', { from: 'state=nonsense', now: app.time.now() })).toEqual({ from: '', previous: 't_2', next: null })
  const page = await (await app.ask('/ui/tasks/t_3?from=q%3Dqueue%253Amail')).text()
  expect(page).toContain('href="/tasks/t_1?from=q%3Dqueue%253Amail" rel="next" data-key="j"')
})

test('a worker’s load is the share of each minute that it was busy, nothing before it was there', async () => {
  const app = await withWorker()
  const begun = app.time.now()
  await run(app, { ms: 90_000 })
  app.time.pass(MINUTE)
  const worker = { id: 'w_1', concurrency: 1, launched_at: new Date(begun).toISOString(), stopped_at: null }
  const { shares, until } = await load(app.db, worker, { range: '1h', now: app.time.now() })
  expect(until).toBe(begun + 2 * MINUTE)
  expect(shares.slice(-3)).toEqual([1, 0.5, 0])
  expect(shares.slice(0, -3).every((share) => share === null)).toBe(true)
  const gone = { ...worker, stopped_at: new Date(begun + MINUTE).toISOString() }
  expect((await load(app.db, gone, { range: '1h', now: app.time.now() })).shares.slice(-3)).toEqual([1, null, null])
  const two = { ...worker, concurrency: 2 }
  expect((await load(app.db, two, { range: '1h', now: app.time.now() })).shares.slice(-3)).toEqual([0.5, 0.25, 0])
  expect(await (await app.ask('/ui/workers/w_1?range=6h')).text()).toContain('How much of the last 6 hours the worker was busy')
})

onSqlite('each of these queries uses an index', async () => {
  const app = await testApp()
  expect(await planOf(app, runsQuery(app.db, { number: 9, title: 'nightly', queue: 'mail' }))).toMatch(
    /^SEARCH tasks USING INDEX tasks_by_title \(queue=\? AND title=\? AND number<\?\)$/,
  )
  expect(await planOf(app, endedQuery(app.db, 'w_1', 0))).toMatch(
    /^SEARCH attempts USING (COVERING )?INDEX attempts_by_worker \(worker_id=\? AND finished_at>\?\)$/,
  )
  expect(await planOf(app, openQuery(app.db, 'w_1'))).toMatch(
    /^SEARCH attempts USING (COVERING )?INDEX attempts_by_worker \(worker_id=\? AND finished_at=\?\)$/,
  )
})
