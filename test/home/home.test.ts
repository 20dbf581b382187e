import { expect, test } from 'vitest'
import { home, nextQuery } from '../../src/home/home.ts'
import { reap } from '../../src/leases/leases.ts'
import { askingQuery, newestQuery } from '../../src/tasks/overview/overview.ts'
import { owner, testApp } from '../support/app.ts'
import { onSqlite } from '../support/engine.ts'
import { planOf, queriesOf } from '../support/plan.ts'

async function working() {
  const app = await testApp()
  await app.json('/api/workers', { name: 'one', queues: ['*'] })
  await app.mutate(owner, ({ db }) => db.updateTable('workers').set({ concurrency: 1000 }).execute())
  const start = async (title: string) => {
    await app.json('/api/tasks', { title, command: 'true', queue: 'mail' })
    const { item, fence } = (await app.json('/api/tasks/claim', { worker_id: 'w_1' })).body
    await app.json(`/api/tasks/${item.id}/run`, { worker_id: 'w_1', fence })
    return { id: item.id as string, fence }
  }
  const home = async () => (await app.json('/api/home')).body
  return { app, start, home }
}

test('home shows what needs attention, what failed, what is running, the queues, what is next and what happened', async () => {
  const { app, start, home } = await working()
  const asking = await start('asks')
  await app.json(`/api/tasks/${asking.id}/heartbeat`, { worker_id: 'w_1', fence: asking.fence, status: 'waiting-for-input' })
  const broken = await start('breaks')
  await app.json(`/api/tasks/${broken.id}/finish`, { worker_id: 'w_1', fence: broken.fence, exit_code: 1, error: 'no space left' })
  const runs = await start('runs')
  await app.json(`/api/tasks/${runs.id}/log`, { worker_id: 'w_1', fence: runs.fence, offset: 0, data: Buffer.from('one\npage 41 of 50').toString('base64') })
  await app.json('/api/tasks', { title: 'later', command: 'true', queue: 'mail', run_at: new Date(app.time.now() + 60_000).toISOString() })
  const ids = (of: { id: string }[]) => of.map(({ id }) => id)
  const told = await home()
  expect([ids(told.items), ids(told.broken), ids(told.running), ids(told.scheduled)]).toEqual([['t_1'], ['t_2'], ['t_3'], ['t_4']])
  expect(told.queues).toMatchObject([{ queue: 'mail', queued: 1, running: 2 }])
  expect(told.feed[0]).toMatchObject({ kind: 'task.created', text: 't_4 “later” was put in mail', href: '/tasks/t_4' })
  const page = await (await app.ask('/ui/home')).text()
  for (const words of ['Needs you', 'Broken', 'no space left', 'Running', 'Queues', 'Next', 'Latest', 'Last 24 hours', 'page 41 of 50'])
    expect(page).toContain(words)
  const line = page
    .slice(page.indexOf('class="status-line"'), page.indexOf('</nav>'))
    .replace(/<[^>]*>|\s+/g, ' ')
    .replace(/ +/g, ' ')
  expect(line.match(/\d+ [a-z ]*[a-z]/g)).toEqual(['1 needs you', '1 failed', '2 running', '1 queued', '1 worker'])
  expect(page).not.toContain('nothing is broken')
  expect(told.day.at(-1)).toMatchObject({ succeeded: 0, failed: 1 })
})

test('a worker that stops is one line, and so is one of another server', async () => {
  const { app, home } = await working()
  const stopped = async () => (await home()).feed.filter(({ text }: { text: string }) => text.includes('stopped')).map(({ text }: { text: string }) => text)
  await app.json('/api/workers/w_1/drain', {})
  expect(await app.logged()).toEqual(expect.arrayContaining(['worker.state_changed', 'worker.stopped']))
  expect(await stopped()).toEqual(['one (w_1) stopped: drained'])
  await app.json('/api/workers', { name: 'held', queues: ['*'], pid: 7 })
  await app.json('/api/workers/w_2/stop', {})
  await app.json('/api/workers/w_2/goodbye', { signal: 'SIGTERM' })
  expect((await app.logged()).filter((kind) => kind === 'worker.stopped')).toHaveLength(2)
  expect(await stopped()).toEqual(['held (w_2) was stopped by owner', 'one (w_1) stopped: drained'])
  const far = { source: 'far', subject: 'worker:w_1', payload: { worker_id: 'w_1', reason: 'went home' } }
  await app.json('/api/events', { ...far, kind: 'worker.stopped' })
  expect((await stopped())[0]).toBe('w_1@far stopped: went home')
})

test('the number at its entry counts the tasks that wait for input, and goes when they do', async () => {
  const { app, start } = await working()
  const { id, fence } = await start('asks')
  const nav = async () => (await app.ask('/ui/nav?at=workers')).text()
  const beat = (status: string) => app.json(`/api/tasks/${id}/heartbeat`, { worker_id: 'w_1', fence, status })
  await beat('waiting-for-input')
  expect((await app.json('/api/state')).body.counts.attention).toEqual({ tasks: 1 })
  expect(await nav()).toContain('1<span class="visually-hidden"> waiting for you')
  await beat('waiting-for-input')
  expect((await app.json('/api/state')).body.counts.attention).toEqual({ tasks: 1 })
  await app.json(`/api/tasks/${id}/finish`, { worker_id: 'w_1', fence, exit_code: 0 })
  expect((await app.json('/api/state')).body.counts.attention).toEqual({ tasks: 0 })
  expect(await nav()).not.toContain('waiting for you')
})

test('waiting tasks are listed however many others there are, oldest first, and the rest is counted', async () => {
  const { app, start, home } = await working()
  const ask = async ({ id, fence }: Awaited<ReturnType<typeof start>>) => {
    await app.json(`/api/tasks/${id}/heartbeat`, { worker_id: 'w_1', fence, status: 'waiting-for-input' })
  }
  await ask(await start('asks first'))
  for (let i = 0; i < 30; i++) await start('runs')
  expect((await home()).items).toMatchObject([{ title: 'asks first' }])
  for (let i = 0; i < 104; i++) await ask(await start('asks, too'))
  const { items, asking, running } = await home()
  expect([items.length, asking, items[0].title]).toEqual([100, 105, 'asks first'])
  expect(running).toHaveLength(20)
  expect(running[0].title).toBe('runs')
  expect(await (await app.ask('/ui/home')).text()).toContain('<a href="/tasks?state=waiting">and 5 more</a>')
})

test('a task that was lost at its prompt is broken, and waits for nobody', async () => {
  const { app, start, home } = await working()
  const { id, fence } = await start('asks')
  await app.json(`/api/tasks/${id}/heartbeat`, { worker_id: 'w_1', fence, status: 'waiting-for-input' })
  app.time.pass(60_000)
  await reap(app)
  expect(await home()).toMatchObject({ items: [], asking: 0, broken: [{ id, state: 'lost' }] })
})

onSqlite('its lists are read by indexes, in their order', async () => {
  const app = await testApp()
  for (const [query, index] of [
    [askingQuery(app.db), 'tasks_asking (state=? AND status=?)'],
    [nextQuery(app.db, app.time.now()), 'tasks_scheduled (state=? AND run_at>?)'],
    [newestQuery(app.db, 'running'), 'tasks_by_state (state=?)'],
  ] as const)
    expect(await planOf(app, query)).toBe(`SEARCH tasks USING INDEX ${index}`)
})

test('it makes as many queries for a hundred queues as for one', async () => {
  const { app, start } = await working()
  await start('the first')
  for (let i = 0; i < 20; i++) await app.json('/api/tasks', { command: 'true' })
  const one = await queriesOf(app, (db) => home(db, app, { sentence: app.sentence, waiting: [] }))
  for (let i = 0; i < 100; i++) await app.json('/api/tasks', { command: 'true', queue: `queue-${i}` })
  expect(await queriesOf(app, (db) => home(db, app, { sentence: app.sentence, waiting: [] }))).toBe(one)
})

test('a newcomer is guided, each step is ticked as it happens, and then the guide is gone', async () => {
  const app = await testApp()
  const steps = async () => (await app.json('/api/home')).body.first_steps
  expect(await steps()).toEqual({ task: false, worker: false, event: false, runner: null })
  expect(await (await app.ask('/ui/home')).text()).toContain(`telltale emit --data ${app.config.data} backup.finished`)
  await app.json('/api/tasks', { command: 'true' })
  await app.json('/api/events', { kind: 'backup.finished' })
  expect(await steps()).toEqual({ task: true, worker: false, event: true, runner: null })
  await app.json('/api/workers', { name: 'far', queues: ['*'] })
  expect(await steps()).toBeNull()
})

test('Home says who would run the first task, and its form leads to that task', async () => {
  const app = await testApp()
  const page = async () => (await app.ask('/ui/home')).text()
  expect(await page()).toContain('No worker is online')
  await app.json('/api/workers', { name: 'far', queues: ['*'], pid: process.pid })
  await app.json('/api/workers/w_1/beat', {})
  expect((await app.json('/api/home')).body.first_steps.runner).toEqual({ id: 'w_1', folder: null })
  expect(await page()).toMatch(/Worker <a href="\/workers\/w_1">w_1<\/a> is online and runs what you type\s*\./)
  const headers = { Accept: 'text/html', 'Content-Type': 'application/x-www-form-urlencoded' }
  const answer = await app.ask('/api/tasks?leads_to=task', { method: 'POST', headers, body: 'command=echo+step' })
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/tasks/t_1'])
  expect(await page()).not.toContain('Run your first task')
})

test('a failure of yesterday is broken until someone acknowledges or retries it', async () => {
  const { app, start, home } = await working()
  const { id, fence } = await start('breaks')
  await app.json(`/api/tasks/${id}/finish`, { worker_id: 'w_1', fence, exit_code: 1 })
  app.time.pass(25 * 3_600_000)
  expect(await home()).toMatchObject({ broken: [{ id }], broken_count: 1 })
  await app.json(`/api/tasks/${id}/acknowledge`, {})
  expect(await home()).toMatchObject({ broken: [], broken_count: 0 })
})
