import { describe, expect, test } from 'vitest'
import { instantOf, mistakeIn } from '../../../src/tasks/search/instant.ts'
import { form, type TestApp, testApp } from '../../support/app.ts'

const inTokyo = { headers: { cookie: 'tz=Asia/Tokyo', 'sec-fetch-site': 'same-origin' } }
const iso = (text: string, zone: string) => new Date(instantOf(text, zone)).toISOString()

describe('a time without an offset is in the zone', () => {
  test.each([
    ['2026-11-21', 'Asia/Tokyo', '2026-11-20T15:00:00.000Z'],
    ['2026-11-21T10:00', 'Asia/Tokyo', '2026-11-21T01:00:00.000Z'],
    ['2026-11-21 10:00:30.5', 'Asia/Tokyo', '2026-11-21T01:00:30.500Z'],
    ['2026-11-21T10:00Z', 'Asia/Tokyo', '2026-11-21T10:00:00.000Z'],
    ['2026-11-21T10:00-05:30', 'Asia/Tokyo', '2026-11-21T15:30:00.000Z'],
    ['2024-02-29', 'UTC', '2024-02-29T00:00:00.000Z'],
  ])('%s in %s', (text, zone, expected) => expect(iso(text, zone)).toBe(expected))
})

describe('when clocks change', () => {
  test.each([
    ['a skipped time counts on from before the skip', '2026-03-08T02:30', 'America/New_York', '2026-03-08T07:30:00.000Z'],
    ['the minute before a skip', '2026-03-08T01:59', 'America/New_York', '2026-03-08T06:59:00.000Z'],
    ['the minute after a skip', '2026-03-08T03:00', 'America/New_York', '2026-03-08T07:00:00.000Z'],
    ['a repeated time is the earlier one', '2026-11-01T01:30', 'America/New_York', '2026-11-01T05:30:00.000Z'],
    ['the first time after a repeat', '2026-11-01T02:00', 'America/New_York', '2026-11-01T07:00:00.000Z'],
    ['a repeated half hour', '2026-04-05T01:45', 'Australia/Lord_Howe', '2026-04-04T14:45:00.000Z'],
    ['a skipped midnight', '2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z'],
    ['a skipped day', '2011-12-30T12:00', 'Pacific/Apia', '2011-12-30T22:00:00.000Z'],
  ])('%s', (_, text, zone, expected) => expect(iso(text, zone)).toBe(expected))
})

test('what does not exist is a mistake', () => {
  for (const text of ['2026-02-30', '2026-02-29T10:00', '2026-13-01', '2026-11-21T25:00', '2026-11-21T24:00', '2026-11-21T10:60'])
    expect([text, mistakeIn(text), instantOf(text)]).toEqual([text, `${text} does not exist: check the date and the time of day.`, Number.NaN])
  for (const text of ['5', '20261121', 'tomorrow', '2026-11-21T10', '2026-11-21T10:00+25:00', ''])
    expect([text, mistakeIn(text)]).toEqual([text, 'Write a time such as 2026-11-21T10:30, or 2026-11-21T10:30Z for UTC.'])
  expect([instantOf('2026-11-21', 'Nowhere/Land'), mistakeIn('2026-11-21')]).toEqual([Number.NaN, undefined])
})

const runAt = async (app: TestApp, body: Record<string, unknown>, init?: RequestInit) => {
  const answer = await app.json('/api/tasks', { command: 'true', ...body }, init)
  return answer.status === 201 ? answer.body.item.run_at : [answer.status, answer.body.fields]
}

test('a task is not run before the time in the viewer’s zone', async () => {
  const app = await testApp()
  expect(await runAt(app, { run_at: '2026-11-22T10:00' }, inTokyo)).toBe('2026-11-22T01:00:00.000Z')
  expect(await runAt(app, { run_at: '2026-11-22T10:00', zone: 'America/New_York' }, inTokyo)).toBe('2026-11-22T15:00:00.000Z')
  expect(await runAt(app, { run_at: '2026-11-22T10:00Z' }, inTokyo)).toBe('2026-11-22T10:00:00.000Z')
  expect(await runAt(app, { run_at: Date.UTC(2026, 10, 22) })).toBe('2026-11-22T00:00:00.000Z')

  const page = await (await app.ask('/tasks/new', inTokyo)).text()
  expect(page).toMatch(/Time zone: Asia\/Tokyo/)
  const zone = /name="zone" value="([^"]+)"/.exec(page)?.[1] as string
  // A form is read in the zone that it shows, also when the browser has moved on since.
  await app.ask(
    '/api/tasks',
    form({ command: 'true', run_at: '2026-11-22T10:00', zone }, { ...inTokyo.headers, cookie: 'tz=Europe/Berlin', accept: 'text/html' }),
  )
  expect((await app.json('/api/tasks/t_5')).body.item.run_at).toBe('2026-11-22T01:00:00.000Z')
})

test('an impossible time and a bare small number are refused', async () => {
  const app = await testApp()
  const FORM = 'Write a time such as 2026-11-21T10:30, or 2026-11-21T10:30Z for UTC.'
  for (const run_at of [5, 1_764_500_000, '5', true, [], Number.MAX_SAFE_INTEGER]) expect(await runAt(app, { run_at })).toEqual([422, { run_at: FORM }])
  for (const run_at of ['2026-02-30T10:00', '2026-11-21T25:00'])
    expect(await runAt(app, { run_at })).toEqual([422, { run_at: `${run_at} does not exist: check the date and the time of day.` }])
  expect(await runAt(app, { run_at: '2026-11-22T10:00', zone: 'Nowhere' })).toEqual([422, { zone: 'Unknown time zone. Use a name such as Europe/Berlin.' }])
  expect((await app.json('/api/tasks')).body.items).toEqual([])
})

describe('a search is read in the viewer’s zone', () => {
  /** At 12:00 UTC, which is 21:00 in Tokyo. */
  const NOON = '2026-11-21T20:00'

  test('in the list, the bulk verbs, the palette and beside a task', async () => {
    const app = await testApp()
    await app.json('/api/tasks', { title: 'early', command: 'true' })
    app.time.pass(3_600_000)
    await app.json('/api/tasks', { title: 'late', command: 'true' })
    const ids = async (query: string, init?: RequestInit) =>
      (await app.json(`/api/tasks?${query}`, undefined, init)).body.items.map(({ id }: { id: string }) => id)
    expect(await ids('q=since:2026-11-21T21:30', inTokyo)).toEqual(['t_2'])
    expect(await ids('since=2026-11-21T21:30&zone=Asia/Tokyo')).toEqual(['t_2'])
    expect(await ids('q=since:2026-11-21T21:30%2B09:00')).toEqual(['t_2'])
    expect(await ids('before=2026-11-21T21:30', inTokyo)).toEqual(['t_1'])
    expect(await ids('q=since:2026-11-22', inTokyo)).toEqual([])

    expect(await (await app.ask(`/ui/palette?q=since:2026-11-21T21:30`, inTokyo)).text()).toMatch(/t_2/)
    const beside = async (init?: RequestInit) => (await app.ask(`/ui/tasks/t_2?from=${encodeURIComponent(`q=since:${NOON}`)}`, init)).text()
    expect(await beside(inTokyo)).toContain('href="/tasks/t_1?from=')
    expect(await beside({ headers: { cookie: 'tz=UTC' } })).not.toContain('href="/tasks/t_1?from=')

    const asked = { verb: 'cancel', match: 'q=since:2026-11-21T21:30' }
    const confirm = await (await app.ask(`/tasks/confirm?${new URLSearchParams(asked)}`, inTokyo)).text()
    expect(confirm).toMatch(/Cancel 1 task\?/)
    expect(confirm).toContain('name="zone" value="Asia/Tokyo"')
    expect((await app.json('/api/tasks/bulk', asked, inTokyo)).body.item.changed).toBe(1)
    expect((await app.json('/api/tasks/t_1')).body.item.state).toBe('queued')
  })

  test.each([
    ['since:2026-02-30', '2026-02-30 does not exist: check the date and the time of day.'],
    ['since:5', 'Write an age such as 30m, 2h or 7d, or a date such as 2026-11-20.'],
  ])('%s is marked in the box, and refused from a program', async (q, sentence) => {
    const app = await testApp()
    const page = await (await app.ask(`/tasks?q=${q}`)).text()
    expect(page).toMatch(new RegExp(`<mark>${q}</mark>`))
    expect(page).toContain(sentence)
    const refused = await app.json(`/api/tasks?q=${q}`)
    expect([refused.status, refused.body.fields.q]).toEqual([422, sentence])
    const bulk = await app.json('/api/tasks/bulk', { verb: 'cancel', match: `q=${q}` })
    expect(bulk.status).toBe(422)
  })

  test('a wrong cursor is refused', async () => {
    const app = await testApp()
    for (const before of ['2026-02-30', '5', 'soon', '2026-11-21T25:00']) expect((await app.json(`/api/tasks?before=${before}`)).status).toBe(422)
    expect((await app.json('/api/tasks?before=2026-11-21&zone=Nowhere')).body.fields.zone).toMatch(/Unknown time zone/)
  })
})
