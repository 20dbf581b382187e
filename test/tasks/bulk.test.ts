import { describe, expect, inject, test } from 'vitest'
import { cancel, remove, retry } from '../../src/tasks/lifecycle.ts'
import { instantOf } from '../../src/tasks/search/instant.ts'
import { form, owner, type TestApp, testApp } from '../support/app.ts'
import { interfere } from '../support/interference.ts'

const KEY = { headers: { 'idempotency-key': 'k1' } }
const HTML = { accept: 'text/html' }

async function withTasks(count: number, queue = 'odd'): Promise<TestApp> {
  const app = await testApp()
  for (let i = 0; i < count; i++) await app.json('/api/tasks', { command: 'true', queue })
  return app
}

const cancelled = async (app: TestApp) => (await app.json('/api/tasks?state=cancelled&limit=200')).body.items.length
const fieldsOf = (html: string) => {
  const sent = /<form method="post" action="\/api\/tasks\/bulk".*?<\/form>/s.exec(html)?.[0] ?? ''
  const fields = [...sent.matchAll(/<input type="hidden" name="([a-z]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
    name,
    value.replaceAll('&amp;', '&'),
  ])
  return Object.fromEntries(fields) as Record<string, string>
}
const confirmStep = async (app: TestApp, query: string) => fieldsOf(await (await app.ask(`/tasks/confirm?${query}`, { headers: HTML })).text())

describe('a change of many tasks under a key', () => {
  test('is applied once: a repeat returns the first result, even if more tasks match by then', async () => {
    const app = await withTasks(230)
    const first = await app.json('/api/tasks/bulk', { verb: 'cancel', match: 'q=queue:odd' }, KEY)
    expect(first.body.item).toEqual({ changed: 230, passed_over: 0, because: {} })
    await app.json('/api/tasks', { command: 'true', queue: 'odd' })
    const second = await app.json('/api/tasks/bulk', { verb: 'cancel', match: 'q=queue:odd' }, KEY)
    expect(second.body.item).toEqual(first.body.item)
    expect((await app.json('/api/tasks?state=queued')).body.items).toHaveLength(1)
    expect((await app.json('/api/tasks/bulk', { verb: 'retry', match: 'q=queue:odd' }, KEY)).status).toBe(422)
    expect((await app.json('/api/tasks/bulk', { verb: 'cancel', match: 'q=queue:odd' })).body.item.changed).toBe(1)
  })

  test('is refused while the first still runs, and only then', async () => {
    const app = await withTasks(230)
    const ask = () => app.json('/api/tasks/bulk', { verb: 'cancel', match: 'q=queue:odd' }, KEY)
    const both = await Promise.all([ask(), ask()])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
    expect((await ask()).body.item.changed).toBe(230)
  })

  test('leaves its key free when it fails in the middle', async () => {
    const app = await withTasks(2)
    const ask = () => app.json('/api/tasks/bulk', { verb: 'cancel', match: 'q=queue:odd' }, KEY)
    interfere(app, () => async () => {
      throw new Error('undone')
    })
    expect((await ask()).status).toBe(500)
    expect((await ask()).body.item.changed).toBe(2)
  })

  describe.skipIf(inject('postgres') === undefined)('on a database that servers share', () => {
    const ask = (app: TestApp) => app.json('/api/tasks/bulk', { verb: 'cancel', match: 'q=queue:odd' }, KEY)

    test('is refused by each of them while it runs at one, and then has one result', async () => {
      const app = await withTasks(230)
      const other = await testApp({ 'database-url': app.config['database-url'] })
      let meanwhile: number | undefined
      interfere(app, (change) => async (tx) => {
        meanwhile = (await ask(other)).status
        return change(tx)
      })
      const first = await ask(app)
      expect([meanwhile, first.body.item.changed]).toEqual([409, 230])
      expect((await ask(other)).body.item).toEqual(first.body.item)
    })

    test('whose server crashed has its key free after a minute', async () => {
      const app = await withTasks(1)
      await app.database.writer
        .insertInto('reservations')
        .values({ key: `${owner.actor.name} k1`, holder: 'crashed', until: app.time.now() + 60_000 })
        .execute()
      expect((await ask(app)).status).toBe(409)
      app.time.pass(60_001)
      expect((await ask(app)).body.item.changed).toBe(1)
      expect(await app.db.selectFrom('reservations').selectAll().execute()).toEqual([])
    })

    test('that took so long that another has its key changes nothing more', async () => {
      const app = await withTasks(1)
      interfere(app, (change) => async (tx) => {
        await app.database.writer.updateTable('reservations').set({ holder: 'another' }).execute()
        return change(tx)
      })
      expect((await ask(app)).status).toBe(409)
      expect(await cancelled(app)).toBe(0)
    })
  })

  test('names the first event of a batch as the cause of its others, and the first of all as that of a batch', async () => {
    const app = await withTasks(230)
    await app.json('/api/tasks/bulk', { verb: 'cancel', match: 'q=queue:odd' }, KEY)
    const events = await app.db.selectFrom('events').select(['seq', 'cause']).where('kind', '=', 'task.state_changed').orderBy('seq').execute()
    const [first, second, next, last] = [events[0], events[1], events[200], events[201]]
    expect([second?.cause, next?.cause, last?.cause]).toEqual([first?.seq, first?.seq, next?.seq])
  })

  test('stores no response of a failed one', async () => {
    const app = await withTasks(2)
    expect((await app.json('/api/tasks/bulk', { verb: 'cancel', match: 'q=queue:odd', count: 1 }, KEY)).status).toBe(409)
    expect(await cancelled(app)).toBe(0)
    expect((await app.json('/api/tasks/bulk', { verb: 'cancel', match: 'q=queue:odd', count: 1 }, KEY)).status).toBe(409)
  })
})

describe('the confirm step', () => {
  test('counts the tasks; its form changes them once and returns to the list', async () => {
    const app = await withTasks(3)
    const fields = await confirmStep(app, 'verb=cancel&match=q%3Dqueue%3Aodd&from=q%3Dqueue%3Aodd&id=t_1')
    expect(fields).toMatchObject({ verb: 'cancel', match: 'q=queue:odd', count: '3', newest: '3' })
    expect(fields).not.toHaveProperty('id')
    await app.json('/api/tasks', { command: 'true', queue: 'odd' })
    for (const _ of ['sent', 'sent again']) {
      const answer = await app.ask('/api/tasks/bulk', form(fields, HTML))
      expect(answer.status).toBe(303)
      expect(answer.headers.get('location')).toBe('/tasks?q=queue:odd&did=cancel-3')
      expect(await cancelled(app)).toBe(3)
    }
  })

  test('skips tasks that the verb does not fit, and reports them before and after', async () => {
    const app = await withTasks(3)
    await app.json('/api/tasks/t_3/cancel', {})
    const page = await (await app.ask('/tasks/confirm?verb=cancel&match=q%3Dqueue%3Aodd', { headers: HTML })).text()
    expect(page).toContain('Skipped: 1 already ended.')
    // Later tasks were not selected, so they are neither changed nor skipped.
    for (const id of ['t_4', 't_5']) {
      await app.json('/api/tasks', { command: 'true', queue: 'odd' })
      if (id === 't_4') await app.json(`/api/tasks/${id}/cancel`, {})
    }
    const answer = await app.ask('/api/tasks/bulk', form(fieldsOf(page), HTML))
    expect(answer.headers.get('location')).toBe('/tasks?q=queue:odd&did=cancel-2.already_ended-1')
    expect((await app.json('/api/tasks/t_5')).body.item.state).toBe('queued')
  })

  test('asks again, and changes nothing, if more tasks match than were confirmed', async () => {
    const app = await withTasks(3)
    await app.json('/api/tasks/t_2/cancel', {})
    const fields = await confirmStep(app, 'verb=cancel&match=state%3Dopen')
    expect(fields.count).toBe('2')
    await app.json('/api/tasks/t_2/retry', {})
    const answer = await app.ask('/api/tasks/bulk', form(fields, HTML))
    const page = await answer.text()
    expect(answer.status).toBe(422)
    expect(page).toContain('You confirmed 2')
    expect(page).toContain('Cancel 3 tasks?')
    expect(await cancelled(app)).toBe(0)
    expect((await app.ask('/api/tasks/bulk', form(fieldsOf(page), HTML))).status).toBe(303)
    expect(await cancelled(app)).toBe(3)
  })

  test('comes before every change from a browser’s form', async () => {
    const app = await withTasks(2)
    const answer = await app.ask('/api/tasks/bulk', form({ verb: 'cancel', id: 't_1' }, HTML))
    expect(await answer.text()).toContain('Cancel 1 task?')
    expect(await cancelled(app)).toBe(0)
  })

  test('shows a task that is due later as scheduled, with the time in the viewer’s zone', async () => {
    const app = await testApp()
    await app.json('/api/tasks', { command: 'true', run_at: new Date(app.time.now() + 3_600_000).toISOString() })
    const page = await (await app.ask('/tasks/confirm?verb=cancel&id=t_1', { headers: { ...HTML, cookie: 'zone=Asia/Tokyo' } })).text()
    const row = /<ul class="confirm-sample".*?<\/ul>/s.exec(page)?.[0].replace(/<[^>]*>/g, '')
    expect(row).toContain('Scheduled for 21 Nov 2026, 22:00:00')
    expect(row).not.toContain('Queued')
  })

  test('takes ids or a filter, not both', async () => {
    const app = await withTasks(1)
    const refused = await app.json('/api/tasks/bulk', { verb: 'cancel', id: ['t_1'], match: 'q=queue:other' })
    expect([refused.status, refused.body.fields]).toEqual([422, { match: 'Give either ids or a filter, not both.' }])
    expect(await cancelled(app)).toBe(0)
  })

  test('needs a task', async () => expect((await (await testApp()).ask('/tasks/confirm?verb=cancel')).status).toBe(422))
})

describe('after a change of many', () => {
  const outcomeOn = (page: string) => /<div class="outcome".*?<p>(.*?)<\/p>/s.exec(page)?.[1]
  const change = async (app: TestApp, asked: object) => (await app.json('/api/tasks/bulk', asked)).body.item
  const ids = (...numbers: number[]) => numbers.map((number) => `t_${number}`)

  test('a program receives how many were skipped, and why', async () => {
    const app = await withTasks(4)
    await app.json('/api/workers', { name: 'one', queues: ['*'] })
    expect(await change(app, { verb: 'cancel', id: ids(1, 2, 9) })).toEqual({ changed: 2, passed_over: 1, because: { gone: 1 } })
    await app.json('/api/tasks/claim', { worker_id: 'w_1' })
    expect(await change(app, { verb: 'delete', id: ids(1, 3) })).toEqual({ changed: 1, passed_over: 1, because: { held: 1 } })
    expect(await change(app, { verb: 'cancel', match: 'q=queue:odd' })).toEqual({ changed: 2, passed_over: 1, because: { already_ended: 1 } })
    await app.json('/api/tasks', { command: 'true', unique_key: 'k' })
    await app.json('/api/tasks/t_5/cancel', {})
    await app.json('/api/tasks', { command: 'true', unique_key: 'k' })
    expect(await change(app, { verb: 'retry', id: ids(5, 6) })).toEqual({ changed: 0, passed_over: 2, because: { not_ended: 1, unique_key: 1 } })
  })

  test('a task that is already stopping is skipped, before and after', async () => {
    const app = await withTasks(2)
    await app.json('/api/workers', { name: 'one', queues: ['*'] })
    await app.json('/api/tasks/claim', { worker_id: 'w_1' })
    expect(await change(app, { verb: 'cancel', match: 'q=queue:odd' })).toEqual({ changed: 2, passed_over: 0, because: {} })
    expect(await change(app, { verb: 'cancel', id: ids(1, 2) })).toEqual({ changed: 0, passed_over: 2, because: { already_ended: 1, stopping: 1 } })
    const page = await (await app.ask('/tasks/confirm?verb=cancel&id=t_1', { headers: HTML })).text()
    expect(page).toContain('Skipped: 1 already stopping.')
  })

  test('each task gets one event, and no uncounted task changes, whatever else changes during the run', async () => {
    const app = await withTasks(450)
    for (const id of ids(449, 450)) await app.json(`/api/tasks/${id}/cancel`, {})
    const stop = app.hub.listen(() => {
      stop()
      // The first batch of three is written, and these come before the second.
      for (const [act, id] of [
        [retry, 't_450'],
        [cancel, 't_448'],
        [remove, 't_447'],
      ] as const)
        void act(app, owner, id)
    })
    const result = await change(app, { verb: 'cancel', match: 'q=queue:odd' })
    expect(result).toEqual({ changed: 446, passed_over: 4, because: { already_ended: 3, changed: 1 } })
    expect((await app.json('/api/tasks/t_450')).body.item.state).toBe('queued')
  })

  test('the list shows the outcome, with the same filter, until the viewer closes it', async () => {
    const app = await withTasks(4)
    await app.json('/api/tasks/t_1/cancel', {})
    await app.json('/api/tasks/t_2', undefined, { method: 'DELETE' })
    const step = 'verb=cancel&from=q%3Dqueue%3Aodd&id=t_1&id=t_2&id=t_3&id=t_4'
    const page = await (await app.ask(`/tasks/confirm?${step}`, { headers: HTML })).text()
    expect(page).toContain('Skipped: 1 already ended, 1 no longer there.')
    const sent = `${new URLSearchParams(fieldsOf(page))}&${ids(1, 2, 3)
      .map((id) => `id=${id}`)
      .join('&')}`
    const headers = { ...HTML, 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await app.ask('/api/tasks/bulk', { method: 'POST', body: sent, headers })
    const location = answer.headers.get('location') ?? ''
    const list = await (await app.ask(location, { headers: HTML })).text()
    expect(outcomeOn(list)).toBe('2 cancelled; 2 skipped: 1 already ended, 1 no longer there.')
    expect(list).toContain('href="/tasks?q=queue%3Aodd"><span>Close')
    expect(list).toContain('name="from" value="q=queue%3Aodd"')
  })

  test.each([
    ['cancel-12.already_ended-3', '12 cancelled; 3 skipped: already ended.'],
    ['retry-0.not_ended-10000', 'None queued again; 10,000 or more skipped: not ended yet.'],
    ['delete-1', '1 deleted.'],
    ['burn-1', undefined],
    ['cancel-1.because-2', undefined],
    ['cancel-1<b>', undefined],
  ])('the address %j shows %j', async (outcome, words) => {
    const app = await testApp()
    expect(outcomeOn(await (await app.ask(`/tasks?did=${encodeURIComponent(outcome)}`, { headers: HTML })).text())).toBe(words)
  })
})

describe('a page of the list', () => {
  const ids = async (app: TestApp, query: string) => (await app.json(`/api/tasks?${query}`)).body.items.map(({ id }: { id: string }) => id)

  test('has as many rows as requested, within limits', async () => {
    const app = await withTasks(3)
    expect(await ids(app, 'limit=2')).toEqual(['t_3', 't_2'])
    expect((await app.json('/api/tasks?limit=2')).body.next).toBe('t_2')
    for (const limit of ['0', '201', 'all']) expect((await app.json(`/api/tasks?limit=${limit}`)).status).toBe(422)
  })

  test('begins before a task, or before a time on the clock of a zone', async () => {
    const app = await withTasks(1)
    app.time.pass(3_600_000)
    await app.json('/api/tasks', { command: 'true' })
    expect(await ids(app, 'before=t_2')).toEqual(['t_1'])
    expect(await ids(app, 'before=2026-11-21T12:30:00Z')).toEqual(['t_1'])
    expect(await ids(app, 'before=2026-11-21T21:30&zone=Asia/Tokyo')).toEqual(['t_1'])
    expect(await ids(app, 'before=2026-11-21T22:30&zone=Asia/Tokyo')).toEqual(['t_2', 't_1'])
    expect(await ids(app, 'before=2020-01-01')).toEqual([])
    for (const query of ['before=yesterday', 'before=2026-11-21T12:30&zone=Nowhere', 'before=2026-99-99'])
      expect((await app.json(`/api/tasks?${query}`)).status).toBe(422)
  })

  test('knows the hours that a zone skips and repeats', () => {
    const utc = (text: string, zone: string) => new Date(instantOf(text, zone)).toISOString()
    expect(utc('2026-07-01T14:05', 'Europe/Berlin')).toBe('2026-07-01T12:05:00.000Z')
    expect(utc('2026-03-29T03:30', 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z')
    expect(utc('2026-03-29T01:30', 'Europe/Berlin')).toBe('2026-03-29T00:30:00.000Z')
    expect(utc('2026-11-20', 'America/New_York')).toBe('2026-11-20T05:00:00.000Z')
  })
})
