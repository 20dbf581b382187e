import { describe, expect, test } from 'vitest'
import { EVERYTHING } from '../../src/tasks/search/filter.ts'
import { count, list } from '../../src/tasks/tasks.ts'
import { form, testApp } from '../support/app.ts'

describe('creating a task', () => {
  test('writes the row and one event, and counts it', async () => {
    const app = await testApp()
    const { status, body } = await app.json('/api/tasks', { title: 'Say hi', command: 'echo hi', queue: 'mail', urgency: 'high', contract: 'prints hi' })
    expect(status).toBe(201)
    expect(body).toMatchObject({ epoch: app.epoch, seq: 1, item: { id: 't_1', title: 'Say hi', state: 'queued', queue: 'mail', urgency: 'high' } })
    const event = await app.db.selectFrom('events').selectAll().executeTakeFirstOrThrow()
    expect(event).toMatchObject({ kind: 'task.created', subject: 'task:t_1', actor: 'owner', source: 'local' })
    expect(JSON.parse(event.payload)).toEqual({
      task_id: 't_1',
      state: 'queued',
      urgency: 'high',
      contract: 'prints hi',
      title: 'Say hi',
      queue: 'mail',
      project: null,
      parent_task_id: null,
      command: 'echo hi',
      type: null,
      max_attempts: 1,
      created_by: 'owner',
      created_at: '2026-11-21T12:00:00.000Z',
      run_at: '2026-11-21T12:00:00.000Z',
    })
    expect(await count(app.db)).toMatchObject({ counts: { queued: 1 }, queues: ['mail'] })
  })

  test('takes its title from the command, and arguments as they are', async () => {
    const app = await testApp()
    expect((await app.json('/api/tasks', { command: 'make\nmake install' })).body.item).toMatchObject({
      title: 'make',
      argv: ['/bin/sh', '-c', 'make\nmake install'],
    })
    expect((await app.json('/api/tasks', { argv: ['printf', "it's"] })).body.item).toMatchObject({
      command: String.raw`printf 'it'\''s'`,
      argv: ['printf', "it's"],
    })
  })

  test.each([
    [{}, 'command'],
    [{ command: 'true', argv: ['true'] }, 'command'],
    [{ command: 'true', urgency: 'now' }, 'urgency'],
    [{ command: 'true', queue: 'no spaces' }, 'queue'],
    [{ command: 'true', timeout_s: 0 }, 'timeout_s'],
    [{ command: 'true', colour: 'red' }, 'colour'],
    [{ type: 'nothing-like-it' }, 'type'],
  ])('refuses %j, names the field, and writes nothing', async (input, field) => {
    const app = await testApp()
    const { status, body, headers } = await app.json('/api/tasks', input)
    expect(status).toBe(422)
    expect(headers.get('content-type')).toBe('application/problem+json')
    expect(body).toMatchObject({ code: 'invalid', status: 422 })
    expect(Object.keys(body.fields)).toContain(field)
    expect(await app.logged()).toEqual([])
  })

  test('refuses a second open task with the same unique key, and names the first', async () => {
    const app = await testApp()
    await app.json('/api/tasks', { command: 'true', unique_key: 'nightly' })
    const { status, body } = await app.json('/api/tasks', { command: 'true', unique_key: 'nightly' })
    expect(status).toBe(409)
    expect(body).toMatchObject({ code: 'conflict', task_id: 't_1' })
    await app.json('/api/tasks/t_1/cancel', {})
    expect((await app.json('/api/tasks', { command: 'true', unique_key: 'nightly' })).status).toBe(201)
  })

  test('shows in the form which open task has the unique key, beside the field', async () => {
    const app = await testApp()
    await app.json('/api/tasks', { command: 'true', unique_key: 'nightly' })
    for (const from of [{ 'hx-request': 'true' }, { accept: 'text/html' }]) {
      const answer = await app.ask('/api/tasks', form({ command: 'true', unique_key: 'nightly' }, from))
      const html = await answer.text()
      expect(answer.status).toBe(422)
      expect(html).toContain('The open task t_1 already has the unique key &#34;nightly&#34;.</span> <a href="/tasks/t_1">Open t_1</a>')
      expect(html).toContain('<details class="more" open data-keeps-open="more">')
      expect(html).toMatch(/<input id="new-task-unique_key" [^>]*value="nightly"[^>]*>/)
      expect(html).toMatch(/<input id="new-task-unique_key" [^>]*aria-invalid="true"/)
    }
  })

  test('runs no shell line where that is switched off', async () => {
    const app = await testApp({ shell: false })
    expect((await app.json('/api/tasks', { command: 'true' })).status).toBe(403)
  })
})

describe('a retried request', () => {
  test('returns the first response, and changes nothing', async () => {
    const app = await testApp()
    const key = { headers: { 'idempotency-key': 'k1' } }
    const first = await app.json('/api/tasks', { command: 'true' }, key)
    const second = await app.json('/api/tasks', { command: 'true' }, key)
    expect(second.body).toEqual(first.body)
    expect(second.status).toBe(201)
    expect(await app.logged()).toEqual(['task.created'])
  })

  test('is refused when its key was used for something else', async () => {
    const app = await testApp()
    const key = { headers: { 'idempotency-key': 'k1' } }
    await app.json('/api/tasks', { command: 'true' }, key)
    expect((await app.json('/api/tasks', { command: 'false' }, key)).status).toBe(422)
  })
})

describe('the operator’s verbs', () => {
  test('cancel a waiting task at once, and retry it', async () => {
    const app = await testApp()
    await app.json('/api/tasks', { command: 'true' })
    expect((await app.json('/api/tasks/t_1/cancel', {})).body.item).toMatchObject({ state: 'cancelled', reason: 'cancelled by owner' })
    expect((await app.json('/api/tasks/t_1/retry', {})).body.item).toMatchObject({ state: 'queued', cancel_requested_at: null, finished_at: null })
    expect(await app.logged()).toEqual(['task.created', 'task.state_changed', 'task.state_changed'])
  })

  test.each([
    ['/api/tasks/t_9/cancel', 404],
    ['/api/tasks/t_1/cancel', 409],
    ['/api/tasks/t_1/description', 409],
  ])('%s of an unknown or closed task is %i, with a sentence', async (path, status) => {
    const app = await testApp()
    await app.json('/api/tasks', { command: 'true' })
    await app.json('/api/tasks/t_1/cancel', {})
    const before = await app.logged()
    const answer = await app.json(path, path.endsWith('description') ? { description: 'new', version: 7 } : {})
    expect(answer.status).toBe(status)
    expect(answer.body.detail).toMatch(/\.$/)
    expect(await app.logged()).toEqual(before)
  })

  test('delete leaves a tombstone: the list and the id are gone, the events stay', async () => {
    const app = await testApp()
    await app.json('/api/tasks', { command: 'true' })
    await app.json('/api/tasks/t_1', undefined, { method: 'DELETE' })
    expect((await app.json('/api/tasks/t_1')).status).toBe(404)
    expect((await list(app.db, EVERYTHING, app.time.now())).items).toEqual([])
    expect((await count(app.db)).counts.queued).toBe(0)
    expect(await app.logged()).toEqual(['task.created', 'task.deleted'])
    expect((await app.json('/api/tasks', { command: 'true' })).body.item.id).toBe('t_2')
  })

  test('edit a description only from the version that was seen', async () => {
    const app = await testApp()
    await app.json('/api/tasks', { command: 'true' })
    expect((await app.json('/api/tasks/t_1/description', { description: 'one', version: 1 })).body.item).toMatchObject({ description: 'one', version: 2 })
    const late = await app.json('/api/tasks/t_1/description', { description: 'two', version: 1 })
    expect(late.status).toBe(409)
    expect(late.body).toMatchObject({ description: 'one', version: 2 })
    expect(await app.logged()).toEqual(['task.created', 'task.description_changed'])
  })
})

describe('a list', () => {
  test('filters by state, queue, project, text and age, and reports an invalid filter', async () => {
    const app = await testApp()
    await app.json('/api/tasks', { title: 'send 100%', command: 'true', queue: 'mail', project: 'shop' })
    app.time.pass(3_600_000)
    await app.json('/api/tasks', { title: 'build', command: 'make', queue: 'ci' })
    await app.json('/api/tasks/t_2/cancel', {})
    const ids = async (query: string) => (await app.json(`/api/tasks?${query}`)).body.items.map(({ id }: { id: string }) => id)
    expect(await ids('state=queued')).toEqual(['t_1'])
    expect(await ids('state=done')).toEqual(['t_2'])
    expect(await ids('queue=mail')).toEqual(['t_1'])
    expect(await ids('project=shop')).toEqual(['t_1'])
    expect(await ids('q=MAKE')).toEqual(['t_2'])
    expect(await ids('q=100%25')).toEqual(['t_1'])
    expect(await ids('q=_')).toEqual([])
    expect((await app.json('/api/tasks?state=sleeping')).status).toBe(422)
    expect((await app.json('/api/tasks?before=nonsense')).status).toBe(422)
  })

  test('pages by key, without a gap or a double while tasks arrive', async () => {
    const app = await testApp()
    for (let i = 0; i < 60; i++) await app.json('/api/tasks', { command: `echo ${i}` })
    const first = await app.json('/api/tasks')
    await app.json('/api/tasks', { command: 'late' })
    const second = await app.json(`/api/tasks?before=${first.body.next}`)
    const ids = [...first.body.items, ...second.body.items].map(({ id }: { id: string }) => id)
    expect(ids).toHaveLength(60)
    expect(new Set(ids).size).toBe(60)
    expect(second.body.next).toBeNull()
  })
})

describe('bulk', () => {
  test('changes the given tasks, skips those that do not fit, and counts them', async () => {
    const app = await testApp()
    for (let i = 0; i < 3; i++) await app.json('/api/tasks', { command: 'true' })
    await app.json('/api/tasks/t_3/cancel', {})
    const { body } = await app.json('/api/tasks/bulk', { verb: 'cancel', id: ['t_1', 't_3'] })
    expect(body.item).toEqual({ changed: 1, passed_over: 1, because: { already_ended: 1 } })
    expect((await count(app.db)).counts).toMatchObject({ queued: 1, cancelled: 2 })
  })

  test('changes all that a filter matches, over many batches', async () => {
    const app = await testApp()
    for (let i = 0; i < 450; i++) await app.json('/api/tasks', { command: 'true', queue: i % 2 ? 'odd' : 'even' })
    expect((await app.json('/api/tasks/bulk', { verb: 'cancel', match: 'queue=odd' })).body.item.changed).toBe(225)
    expect((await count(app.db)).counts).toMatchObject({ queued: 225, cancelled: 225 })
  })

  test('refuses to change everything because nothing was chosen', async () => {
    const app = await testApp()
    await app.json('/api/tasks', { command: 'true' })
    expect((await app.json('/api/tasks/bulk', { verb: 'delete' })).status).toBe(422)
    expect((await count(app.db)).counts.queued).toBe(1)
  })
})
