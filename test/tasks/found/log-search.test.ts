import { expect, test } from 'vitest'
import { LogScans, logScans } from '../../../src/tasks/found/log-search.ts'
import { AttemptLog } from '../../../src/tasks/log/attempt-log.ts'
import { logSearches } from '../../../src/tasks/log/searches.ts'
import { TaskFilter } from '../../../src/tasks/search/filter.ts'
import { claimed } from '../../leases/claimed.ts'
import { type TestApp, testApp } from '../../support/app.ts'
import { temporaryFolder } from '../../support/server.ts'

const MEBIBYTE = 1_048_576
const WAITING = 8

async function printed(app: TestApp, text: string, { task = {}, exit_code = 0 }: { task?: object; exit_code?: number } = {}) {
  const { id, holder } = await claimed(app, task)
  if (text) await app.json(`/api/tasks/${id}/log`, { ...holder, offset: 0, data: Buffer.from(text).toString('base64') })
  await app.json(`/api/tasks/${id}/finish`, { ...holder, exit_code })
  return id
}

const path = (q: string, more = '') => `/api/tasks?q=${encodeURIComponent(q)}${more}`

async function ids(app: TestApp, q: string) {
  return (await app.json(path(q))).body.items.map(({ id }: { id: string }) => id)
}

test('log: finds the tasks that printed a text, in any case and colour, among those that the rest selects', async () => {
  const app = await testApp()
  const first = await printed(app, 'hello\nconnection \u001b[31mREFUSED\u001b[0m by db-7\nbye\n', { task: { queue: 'default', title: 'Connect' } })
  const second = await printed(app, `${'x'.repeat(200)} refused żółć`, { task: { title: 'Other' }, exit_code: 1 })
  const silent = await printed(app, '', { task: { title: 'refused in its title only' } })
  expect(await ids(app, 'log:refused')).toEqual([second, first])
  expect(await ids(app, 'log:"refused by"')).toEqual([first])
  expect(await ids(app, 'log:ŻÓŁĆ')).toEqual([second])
  expect(await ids(app, 'log:refused state:failed')).toEqual([second])
  expect(await ids(app, 'log:refused log:db-7')).toEqual([first])
  expect(await ids(app, 'log:refused -log:db-7')).toEqual([second])
  expect(await ids(app, '-log:refused')).toEqual([silent])
  expect(await ids(app, 'log:nothing')).toEqual([])
  const { body } = await app.json(path('log:refused connect'))
  expect(body).toMatchObject({
    items: [{ id: first, found: { attempt: 1, text: 'connection REFUSED by db-7' } }],
    next: null,
    looked: { tasks: 1, of: 1, capped: false, unread: 0, is_busy: false, at: new Date(app.clock.now()).toISOString() },
  })
})

test('every attempt is searched, and the newest that printed it is shown', async () => {
  const app = await testApp()
  const id = await printed(app, 'only at first\nboth 1\n', { exit_code: 1 })
  await app.json(`/api/tasks/${id}/retry`, {})
  const worker_id = (await app.json('/api/workers', { name: 'again', queues: ['default'] })).body.item.id
  const { fence } = (await app.json('/api/tasks/claim', { worker_id })).body
  await app.json(`/api/tasks/${id}/log`, { worker_id, fence, offset: 0, data: Buffer.from('both 2\n').toString('base64') })
  const found = async (q: string) => (await app.json(path(q))).body.items.map(({ found }: { found: object }) => found)
  expect(await found('log:first')).toEqual([{ attempt: 1, text: 'only at first' }])
  expect(await found('log:both')).toEqual([{ attempt: 2, text: 'both 2' }])
})

test('a page without script says how far it looked, and where to search on', async () => {
  const app = await testApp()
  for (let i = 0; i < 3; i++) await printed(app, `needle ${i}\n`)
  const page = async (query: string) => (await app.ask(`/tasks?${query}`)).text()
  const whole = await page('q=log:needle')
  expect(whole).toMatch(/Looked through the logs of all 3 tasks, as of \d\d:\d\d\./)
  expect(whole).toContain('printed: needle 2')
  expect(whole).not.toContain('that match')
  const part = await page('q=log:needle&limit=2')
  expect(part).toContain('Looked through the logs of the newest 2 of 3 tasks')
  const [, on = ''] = /href="(\/tasks\?[^"]*before=t_2[^"]*)"/.exec(part) ?? []
  const rest = await (await app.ask(on.replaceAll('&amp;', '&'))).text()
  expect(rest).toContain('Looked through the logs of 1 older task,')
  expect(rest).toContain('needle 0')
  expect(rest).not.toContain('needle 1')
})

test('a search whose time is over continues where it stopped, until it has looked at every task', async () => {
  const app = await testApp()
  const all = []
  for (let i = 0; i < 4; i++) all.unshift(await printed(app, i % 2 ? 'needle\n' : 'no\n'))
  const scans = new LogScans(app, 0)
  const found: string[] = []
  const looked: string[] = []
  for (let before: string | null | undefined; before !== null; ) {
    const searched = await scans.search(TaskFilter.parse({ q: 'log:needle', ...(before && { before }) }))
    expect(searched.looked.tasks).toBe(1)
    expect(searched.looked.of).toBe(4 - looked.length)
    found.push(...searched.ids)
    looked.push(searched.next ?? (all.at(-1) as string))
    before = searched.next
  }
  expect(looked).toEqual(all)
  expect(found).toEqual([all[0], all[2]])
})

test('a burst of events makes a page that updates itself search no more; asking for the page does', async () => {
  const app = await testApp()
  const id = await printed(app, 'needle\n', { exit_code: 1 })
  const panel = async () => (await app.ask('/ui/tasks?q=log:needle')).text()
  expect(await (await app.ask('/tasks?q=log:needle')).text()).toContain('Failed')
  expect(logScans(app).made).toBe(1)
  for (let i = 0; i < 50; i++) {
    await app.json('/api/tasks', { command: 'true' })
    await Promise.all([panel(), panel()])
  }
  await app.json(`/api/tasks/${id}/acknowledge`, {})
  // Its rows are those of now.
  expect(await panel()).toContain('Undo acknowledge')
  expect(logScans(app).made).toBe(1)
  await printed(app, 'needle too\n')
  expect(await panel()).not.toContain('needle too')
  await Promise.all([app.ask('/tasks?q=log:needle'), app.ask('/tasks?q=log:needle')])
  expect(await panel()).toContain('needle too')
  expect(logScans(app).made).toBeLessThanOrEqual(3)
})

test('while too many searches wait, a program is refused and a page says so', async () => {
  const app = await testApp()
  await printed(app, 'needle\n')
  const slow = new AttemptLog(temporaryFolder())
  slow.append({ offset: 0, stream: 'stdout', bytes: Buffer.alloc(MEBIBYTE, '\n') })
  let isOver = false
  const keepWaiting = async () => {
    while (!isOver) await logSearches(app).find(slow.folder, { level: 'error' })
  }
  const waiting = Array.from({ length: WAITING }, keepWaiting)
  const { status, body, headers } = await app.json(path('log:needle'))
  const page = await (await app.ask('/tasks?q=log:needle')).text()
  expect(logSearches(app).isBusy).toBe(true)
  expect([status, body.detail, headers.get('retry-after')]).toEqual([429, expect.stringContaining('searching other logs'), '1'])
  expect(page).toContain('The server is searching other logs. Search again in a moment.')
  isOver = true
  await Promise.all(waiting)
  expect(await ids(app, 'log:needle')).toEqual(['t_1'])
})

test('what needs all that match refuses log:, and the palette leads to the list', async () => {
  const app = await testApp()
  await printed(app, 'needle\n')
  const bulk = await app.json('/api/tasks/bulk', { verb: 'delete', match: 'q=log:needle' })
  expect([bulk.status, bulk.body.detail]).toEqual([422, expect.stringContaining('select the tasks')])
  expect(await ids(app, 'log:needle')).toEqual(['t_1'])
  expect(await (await app.ask('/ui/palette?q=log:needle')).text()).toContain('href="/tasks?q=log%3Aneedle"')
  expect((await app.ask('/ui/tasks/t_1?from=q%3Dlog%253Aneedle')).status).toBe(200)
})

test('the time for a search, and what it looks through in that', async () => {
  const app = await testApp()
  const log = new AttemptLog(temporaryFolder())
  const line = `${'request served in 12 ms '.repeat(3)}\n`
  for (let i = 0; i < 9; i++) log.append({ offset: i * MEBIBYTE, stream: 'stdout', bytes: Buffer.alloc(MEBIBYTE, line) })
  const searches = logSearches(app)
  await searches.first(log.folder, ['needle'])
  const before = performance.now()
  const rounds = 20
  for (let i = 0; i < rounds; i++) expect(await searches.first(log.folder, ['needle'])).toEqual([null])
  const seconds = (performance.now() - before) / 1000
  console.info(`log: ${((9 * rounds) / seconds).toFixed(0)} MiB/s, so about ${((9 * rounds * 2) / seconds).toFixed(0)} MiB in its 2 s`)
})
