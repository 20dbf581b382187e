import { expect, test } from 'vitest'
import { type TestApp, testApp } from '../support/app.ts'

async function worker() {
  const app = await testApp()
  await app.json('/api/workers', { name: 'far', queues: ['*'], concurrency: 64 })
  return app
}

const add = async (app: TestApp, some: object = {}) => (await app.json('/api/tasks', { command: 'true', ...some })).body.item
const task = async (app: TestApp, id: string) => (await app.json(`/api/tasks/${id}`)).body.item
const claim = async (app: TestApp) => (await app.json('/api/tasks/claim', { worker_id: 'w_1' })).body

async function finish(app: TestApp, id: string, exit_code = 0) {
  const { fence } = await app.db.selectFrom('tasks').select('fence').where('id', '=', id).executeTakeFirstOrThrow()
  await app.json(`/api/tasks/${id}/finish`, { worker_id: 'w_1', fence, exit_code })
}

async function take(app: TestApp, ...ids: string[]) {
  for (const id of ids) expect((await claim(app)).item.id).toBe(id)
  expect(await claim(app)).toBeUndefined()
}

test('a task starts once all tasks that it waits for have succeeded, and says what it waits for until then', async () => {
  const app = await worker()
  for (const title of ['Build', 'Lint']) await add(app, { title })
  expect(await add(app, { title: 'Deploy', after: ['t_1', 't_2'] })).toMatchObject({ state: 'queued', waits_for: 2 })
  await take(app, 't_1', 't_2')
  expect((await task(app, 't_3')).hold).toEqual({ by: 'dependencies', why: 'waits for Build (t_1), and 1 more', until: null })
  await finish(app, 't_1')
  for (const path of ['/ui/tasks', '/ui/tasks/t_3']) expect(await (await app.ask(path)).text()).toContain('waits for Lint (t_2)')
  await take(app)
  app.time.pass(60_000)
  await finish(app, 't_2')
  expect(await task(app, 't_3')).toMatchObject({ waits_for: null, hold: null, run_at: new Date(app.time.now()).toISOString() })
  await take(app, 't_3')
})

test('a failed task skips those that wait for its success, and theirs, with a reason; others go on', async () => {
  const app = await worker()
  await add(app, { title: 'Build' })
  await add(app, { title: 'Deploy', after: ['t_1'] })
  await add(app, { title: 'Announce', after: ['t_2'] })
  await add(app, { title: 'Clean up', after: 't_1', on: 'any' })
  await take(app, 't_1')
  await finish(app, 't_1', 1)
  expect(await task(app, 't_2')).toMatchObject({ state: 'cancelled', reason: 'skipped: t_1 “Build” failed', waits_for: null })
  expect(await task(app, 't_3')).toMatchObject({ state: 'cancelled', reason: 'skipped: t_2 “Deploy” was cancelled' })
  expect(await (await app.ask('/ui/tasks')).text()).toContain('Skipped')
  await take(app, 't_4')
})

test('a retry queues the tasks again that were skipped because of it', async () => {
  const app = await worker()
  await add(app)
  await add(app, { after: ['t_1'] })
  await add(app, { after: ['t_2'] })
  await take(app, 't_1')
  await finish(app, 't_1', 1)
  await app.json('/api/tasks/t_1/retry', {})
  expect([(await task(app, 't_2')).waits_for, (await task(app, 't_3')).waits_for]).toEqual([1, 1])
  await take(app, 't_1')
  await finish(app, 't_1')
  await take(app, 't_2')
})

test.each([
  ['cancelled', 'cancel', 'was cancelled'],
  ['deleted', 'delete', 'was deleted'],
])('a task that is %s before it runs skips those that wait for it', async (_, verb, words) => {
  const app = await worker()
  await add(app, { title: 'Build' })
  await add(app, { after: ['t_1'] })
  await app.json(`/api/tasks/t_1/${verb}`, {})
  expect(await task(app, 't_2')).toMatchObject({ state: 'cancelled', reason: `skipped: t_1 “Build” ${words}` })
})

test('a task that waits for one that has ended starts or is skipped at once', async () => {
  const app = await worker()
  await add(app)
  await add(app)
  await take(app, 't_1', 't_2')
  await finish(app, 't_1')
  await finish(app, 't_2', 1)
  expect(await add(app, { after: ['t_1'] })).toMatchObject({ state: 'queued', waits_for: null })
  expect(await add(app, { after: ['t_1', 't_2'] })).toMatchObject({ state: 'cancelled' })
  expect(await add(app, { after: ['t_2'], on: 'any' })).toMatchObject({ state: 'queued', waits_for: null })
})

test('the form offers both kinds of waiting, and takes the chosen one', async () => {
  const app = await worker()
  await add(app)
  await take(app, 't_1')
  await finish(app, 't_1', 1)
  const form = await (await app.ask('/ui/tasks/new')).text()
  expect([...form.matchAll(/<option value="(success|any)"/g)].map(([, value]) => value)).toEqual(['success', 'any'])
  const headers = { Accept: 'text/html', 'Content-Type': 'application/x-www-form-urlencoded' }
  for (const on of ['success', 'any']) await app.ask('/api/tasks', { method: 'POST', headers, body: `command=true&after=t_1&on=${on}` })
  expect([(await task(app, 't_2')).state, (await task(app, 't_3')).state]).toEqual(['cancelled', 'queued'])
})

test.each(['t_1', 't_9'])('a task can wait only for an older one, not for itself or %s, so there are no cycles', async (after) => {
  const app = await testApp()
  const refused = await app.json('/api/tasks', { command: 'true', after: [after] })
  expect([refused.status, refused.body.fields]).toEqual([422, { after: `There is no task ${after}.` }])
  expect(await app.logged()).toEqual([])
})

test('blocked tasks are counted apart from due ones, and no claim reads them', async () => {
  const app = await worker()
  await add(app, { queue: 'mail' })
  for (let i = 0; i < 3; i++) await add(app, { queue: 'mail', after: ['t_1'] })
  expect((await app.json('/api/queues/mail')).body.item).toMatchObject({ queued: 4, due: 1, scheduled: 0, blocked: 3 })
  expect((await app.json('/api/tasks?state=due')).body.items).toHaveLength(1)
  await take(app, 't_1')
  await finish(app, 't_1')
  expect((await app.json('/api/queues/mail')).body.item).toMatchObject({ queued: 3, due: 3, blocked: 0 })
})

test('eight claimers start no task before those that it waits for, and every one once', async () => {
  const app = await testApp()
  for (let i = 0; i < 8; i++) await app.json('/api/workers', { name: `far-${i}`, queues: ['*'] })
  // Ten diamonds: one task, two after it, one after both.
  const parents = new Map<string, string[]>()
  for (let i = 0; i < 10; i++) {
    const { id: top } = await add(app)
    const sides = [await add(app, { after: [top] }), await add(app, { after: [top] })].map(({ id }) => id)
    const { id: end } = await add(app, { after: sides })
    for (const side of sides) parents.set(side, [top])
    parents.set(end, sides)
  }
  const done = new Set<string>()
  const started: { id: string; early: string[] }[] = []
  const work = async (worker_id: string) => {
    for (let tries = 0; done.size < 40 && tries < 400; tries++) {
      const { status, body } = await app.json('/api/tasks/claim', { worker_id })
      if (status === 204) continue
      const { id } = body.item
      started.push({ id, early: (parents.get(id) ?? []).filter((parent) => !done.has(parent)) })
      done.add(id) // before the answer: what follows may start as soon as it is stored
      await app.json(`/api/tasks/${id}/finish`, { worker_id, fence: body.fence, exit_code: 0 })
    }
  }
  await Promise.all(Array.from({ length: 8 }, (_, i) => work(`w_${i + 1}`)))
  expect([started.length, new Set(started.map(({ id }) => id)).size]).toEqual([40, 40])
  expect(started.filter(({ early }) => early.length > 0)).toEqual([])
})
