import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { form } from '../../support/app.ts'
import { claim, finish, folderOf, ids, moves, start, states, take, task, withRelease } from './release.ts'

test('a pipeline is created with its steps, each after those that it needs', async () => {
  const app = await withRelease()
  const { status, body } = await start(app, { project: 'shop', urgency: 'high' })
  expect([status, body.item.id, body.item.step_count, body.item.state]).toEqual([201, 't_1', 5, 'queued'])
  const steps = [
    { id: 't_2', name: 'build', state: 'queued', needs: [] },
    { id: 't_3', name: 'lint', state: 'queued', needs: ['build'] },
    { id: 't_4', name: 'test', state: 'queued', needs: ['build'] },
    { id: 't_5', name: 'pack', state: 'queued', needs: ['lint', 'test'] },
    { id: 't_6', name: 'ship', state: 'queued', needs: ['pack'] },
  ]
  expect([body.item.steps, (await task(app, 't_1')).steps]).toEqual([steps, steps])
  expect(await task(app, 't_2')).toMatchObject({
    title: 'Release: build',
    argv: ['make', 'v1'],
    queue: 'ci',
    max_attempts: 3,
    waits_for: null,
    project: 'shop',
  })
  expect(await task(app, 't_6')).toMatchObject({ argv: ['ship', 'v1'], queue: 'ops', timeout_s: 60, after: ['t_5'], pipeline_id: 't_1', urgency: 'high' })
  expect(await moves(app)).toEqual([1, 2, 3, 4, 5, 6].map((n) => `t_${n} created`))
})

test('the steps run in order, and the pipeline is queued, running and succeeded with them', async () => {
  const app = await withRelease()
  await start(app)
  await take(app, 'build')
  expect(await task(app, 't_1')).toMatchObject({ state: 'running', worker_id: null, attempt: 0, progress: { done: 0, total: 5, text: 'build' } })
  await finish(app, 't_2')
  expect(await task(app, 't_1')).toMatchObject({ state: 'running', progress: { done: 1, total: 5 } })
  await take(app, 'lint', 'test')
  expect((await task(app, 't_1')).progress).toEqual({ done: 1, total: 5, text: 'lint, test' })
  await finish(app, 't_4')
  await take(app)
  await finish(app, 't_3')
  await take(app, 'pack')
  await finish(app, 't_5')
  await take(app, 'ship')
  app.time.pass(5_000)
  await finish(app, 't_6')
  expect(await task(app, 't_1')).toMatchObject({ state: 'succeeded', reason: 'all 5 steps succeeded', exit_code: 0, error: null })
  expect(await moves(app, 't_1')).toEqual(['t_1 created', 't_1 running', 't_1 succeeded'])
})

test('a failed step skips those that need it and fails the pipeline, once the others have ended', async () => {
  const app = await withRelease()
  await start(app)
  await take(app, 'build')
  await finish(app, 't_2')
  await take(app, 'lint', 'test')
  await finish(app, 't_4', 3)
  expect(await task(app, 't_1')).toMatchObject({ state: 'running' })
  await finish(app, 't_3')
  expect(await states(app)).toEqual({ build: 'succeeded', lint: 'succeeded', test: 'failed', pack: 'cancelled', ship: 'cancelled' })
  expect(await task(app, 't_1')).toMatchObject({ state: 'failed', error: 'test: exit code 3', reason: 'test: exit code 3', exit_code: 3 })
  await take(app)
})

test('a step that cannot be stored leaves nothing of its pipeline', async () => {
  const app = await withRelease()
  const seq = app.hub.head
  expect((await start(app, { after: ['t_99'] })).status).toBe(422)
  expect((await start(app, { params: {} })).body.fields).toEqual({ 'params.tag': 'This is required.' })
  expect([await app.db.selectFrom('tasks').selectAll().execute(), app.hub.head]).toEqual([[], seq])
})

test('the first steps wait for what the pipeline waits for, and the pipeline is skipped with them', async () => {
  const app = await withRelease()
  await app.json('/api/tasks', { command: 'true', title: 'Freeze' })
  await start(app, { after: ['t_1'] })
  expect((await claim(app)).item.id).toBe('t_1')
  await take(app)
  await finish(app, 't_1', 1)
  expect(await task(app, 't_2')).toMatchObject({ state: 'cancelled', reason: 'skipped: t_1 “Freeze” failed' })
  await app.json('/api/tasks/t_1/retry', {})
  expect(await task(app, 't_2')).toMatchObject({ state: 'queued' })
  expect((await claim(app)).item.id).toBe('t_1')
  await finish(app, 't_1')
  await take(app, 'build')
})

test('a task can wait for a whole pipeline', async () => {
  const app = await withRelease('steps: [{ name: one, argv: [one] }]')
  await start(app, { params: {} })
  await app.json('/api/tasks', { command: 'true', after: ['t_1'] })
  await take(app, 'one')
  await finish(app, 't_2')
  expect((await claim(app)).item.id).toBe('t_3')
})

test('a type file that is renamed or changed does not change a pipeline that exists', async () => {
  const app = await withRelease()
  await start(app)
  await take(app, 'build')
  renameSync(join(folderOf(app), 'release.yaml'), join(folderOf(app), 'other.yaml'))
  writeFileSync(join(folderOf(app), 'release.yaml'), 'steps: [{ name: other, argv: [other] }]')
  await app.json('/api/tasks/t_1/cancel', {})
  await finish(app, 't_2', 143, { cancelled: true })
  await app.json('/api/tasks/t_1/retry', {})
  await take(app, 'build')
  await finish(app, 't_2')
  await take(app, 'lint', 'test')
  expect(Object.keys(await states(app))).toEqual(['build', 'lint', 'test', 'pack', 'ship'])
})

test('a repeat under the same key creates no second pipeline', async () => {
  const app = await withRelease()
  const body = JSON.stringify({ type: 'release', params: { tag: 'v1' } })
  const headers = { 'content-type': 'application/json', 'idempotency-key': 'abc' }
  const answers = []
  for (let i = 0; i < 2; i++) answers.push(((await (await app.ask('/api/tasks', { method: 'POST', headers, body })).json()) as { item: object }).item)
  expect(answers[1]).toEqual(answers[0])
  expect(await ids(app, 'q=type:release')).toEqual(['t_1'])
})

test('eight claimers run a hundred steps in order, each once', async () => {
  const rows = Array.from({ length: 20 }, (_, i) => [
    `{ name: a${i}, argv: [x] }`,
    `{ name: b${i}, argv: [x], needs: [a${i}] }`,
    `{ name: c${i}, argv: [x], needs: [a${i}] }`,
    `{ name: d${i}, argv: [x], needs: [b${i}, c${i}] }`,
    `{ name: e${i}, argv: [x], needs: [d${i}] }`,
  ])
  const app = await withRelease(
    `steps:\n${rows
      .flat()
      .map((row) => `  - ${row}\n`)
      .join('')}`,
  )
  const { steps } = (await start(app, { params: {} })).body.item
  const needs = new Map<string, string[]>(steps.map(({ name, needs }: { name: string; needs: string[] }) => [name, needs]))
  for (let i = 2; i <= 8; i++) await app.json('/api/workers', { name: `far-${i}`, queues: ['*'] })
  const done = new Set<string>()
  const started: { step: string; early: string[] }[] = []
  const work = async (worker_id: string) => {
    for (let tries = 0; done.size < 100 && tries < 1000; tries++) {
      const { status, body } = await app.json('/api/tasks/claim', { worker_id })
      if (status === 204) continue
      const { id, step } = body.item
      started.push({ step, early: (needs.get(step) as string[]).filter((need) => !done.has(need)) })
      done.add(step) // before the answer: what follows may start as soon as it is stored
      await app.json(`/api/tasks/${id}/finish`, { worker_id, fence: body.fence, exit_code: 0 })
    }
  }
  await Promise.all(Array.from({ length: 8 }, (_, i) => work(`w_${i + 1}`)))
  expect([started.length, new Set(started.map(({ step }) => step)).size]).toEqual([100, 100])
  expect(started.filter(({ early }) => early.length > 0)).toEqual([])
  expect(await task(app, 't_1')).toMatchObject({ state: 'succeeded', progress: { done: 100, total: 100 } })
})

test('a pipeline that is created for later is listed as such, and starts when told to', async () => {
  const app = await withRelease()
  await start(app, { run_at: new Date(app.time.now() + 3_600_000).toISOString() })
  await take(app)
  expect((await app.json('/api/home')).body.scheduled.map(({ id }: { id: string }) => id)).toEqual(['t_1'])
  await app.json('/api/tasks/t_1/start-now', {})
  await take(app, 'build')
})

test('the form for another pipeline like one has its parameters, and that for one like a step its command', async () => {
  const app = await withRelease()
  const sent = await app.ask('/api/tasks', form({ type: 'release', 'params.tag': 'v 2', queue: 'slow' }))
  expect([sent.status, await task(app, 't_2')]).toEqual([201, expect.objectContaining({ argv: ['make', 'v 2'], queue: 'slow' })])
  const whole = await (await app.ask('/ui/tasks/new?like=t_1')).text()
  expect(whole).toMatch(/name="params.tag"[^>]*value="v 2"|value="v 2"[^>]*name="params.tag"/)
  expect(await (await app.ask('/ui/tasks/new?like=t_2')).text()).toContain('make &#39;v 2&#39;')
})
