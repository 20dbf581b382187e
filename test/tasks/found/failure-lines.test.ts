import { expect, test } from 'vitest'
import { reap } from '../../../src/leases/leases.ts'
import { dropOutput, purge, retire } from '../../../src/tasks/retire.ts'
import { claimed, LEASE_MS } from '../../leases/claimed.ts'
import { type TestApp, testApp } from '../../support/app.ts'

const DAY_MS = 86_400_000

interface Item {
  id: string
  found?: { attempt: number; text: string }
}

async function search(app: TestApp, q: string): Promise<Item[]> {
  return (await app.json(`/api/tasks?q=${encodeURIComponent(q)}`)).body.items
}

async function ids(app: TestApp, q: string) {
  return (await search(app, q)).map(({ id }) => id)
}

async function ended(app: TestApp, printed: string, how: object = { exit_code: 1 }, task: object = {}) {
  const { id, holder } = await claimed(app, task)
  await app.json(`/api/tasks/${id}/log`, { ...holder, offset: 0, data: Buffer.from(printed).toString('base64') })
  await app.json(`/api/tasks/${id}/run`, holder)
  expect((await app.json(`/api/tasks/${id}/finish`, { ...holder, ...how })).status).toBe(200)
  return id
}

const stored = (app: TestApp) => app.db.selectFrom('failure_lines').selectAll().execute()

test('a failed task is found by its errors and its last lines, in any case, and its row says so', async () => {
  const app = await testApp()
  const noise = Array.from({ length: 30 }, (_, i) => `step ${i} passed`)
  const lines = ['hidden beginning', '\u001b[31mERROR\u001b[0m: Zażółć refused by db-7', ...noise, 'giving up: 50% \u0000left_over']
  const id = await ended(app, `${lines.join('\n')}\n`)
  expect(await search(app, 'ŻÓŁĆ')).toMatchObject([{ id, found: { attempt: 1, text: 'ERROR: Zażółć refused by db-7' } }])
  expect(await ids(app, 'db-7 "giving up"')).toEqual([id])
  expect(await ids(app, '"50% left_over"')).toEqual([id])
  expect(await ids(app, '"hidden beginning"')).toEqual([])
  expect(await ids(app, '"step 0 passed"')).toEqual([])
  expect(await ids(app, '"step 29 passed"')).toEqual([id])
  expect(await ids(app, '-refused')).toEqual([])
  expect(await (await app.ask('/ui/tasks?q=db-7')).text()).toContain('printed: ERROR: Zażółć refused by db-7')
})

test('a row shows no line of the output for a text that the task itself has, and shows a long line near the text', async () => {
  const app = await testApp()
  await ended(app, `refused ${'x'.repeat(300)} needle ${'y'.repeat(900)} late\n`, { exit_code: 1 }, { title: 'Get refused' })
  expect((await search(app, 'refused'))[0]?.found).toBeUndefined()
  expect((await search(app, 'refused needle'))[0]?.found?.text).toMatch(/^…x{40}|^…x+ needle/)
  expect(await ids(app, 'late')).toEqual([])
  const [kept] = await stored(app)
  expect(kept?.lines).toHaveLength(500)
})

test('a list and Home say why a task failed in its own words: the last error that it printed, else its last line', async () => {
  const app = await testApp()
  const failed = await ended(app, `ERROR disk full\n${'copied one more file\n'.repeat(15)}`)
  const plain = await ended(app, 'cp: cannot stat x\n')
  const silent = await ended(app, '')
  const rows: { id: string; last_error?: string }[] = (await app.json('/api/tasks')).body.items
  expect(rows.map(({ id, last_error }) => [id, last_error])).toEqual([
    [silent, undefined],
    [plain, 'cp: cannot stat x'],
    [failed, 'ERROR disk full'],
  ])
  const { broken } = (await app.json('/api/home')).body
  for (const path of ['/ui/tasks', '/ui/home']) expect(await (await app.ask(path)).text()).toContain('cp: cannot stat x')
  expect(broken.map(({ last_error }: { last_error?: string }) => last_error)).toEqual([undefined, 'cp: cannot stat x', 'ERROR disk full'])
})

test('failures of one title that differ only in their figures are one on Home', async () => {
  const app = await testApp()
  for (const printed of ['ERROR 09:10:07 took 12 ms', 'ERROR 09:11:40 took 7 ms', 'ERROR refused']) await ended(app, `${printed}\n`)
  const { broken } = (await app.json('/api/home')).body
  expect(broken.map(({ ids }: { ids: string[] }) => ids)).toEqual([['t_3'], ['t_2', 't_1']])
})

test('only failures are kept: at most 20 errors and 20 last lines of the newest failed attempt', async () => {
  const app = await testApp()
  await ended(app, 'ERROR but fine\n', { exit_code: 0 })
  expect(await stored(app)).toEqual([])
  const errors = Array.from({ length: 30 }, (_, i) => `ERROR number ${i}`)
  const rest = Array.from({ length: 30 }, (_, i) => `last ${i}`)
  const id = await ended(app, [...errors, ...rest].join('\n'))
  const lines = (await stored(app))[0]?.lines.split('\n')
  expect(lines).toEqual([...errors.slice(-20), ...rest.slice(-20)])
  await app.json(`/api/tasks/${id}/retry`, {})
  const worker_id = (await app.json('/api/workers', { name: 'again', queues: ['default'] })).body.item.id
  const { body } = await app.json('/api/tasks/claim', { worker_id })
  const holder = { worker_id, fence: body.fence }
  await app.json(`/api/tasks/${id}/log`, { ...holder, offset: 0, data: Buffer.from('another reason\n').toString('base64') })
  await app.json(`/api/tasks/${id}/finish`, { ...holder, exit_code: 2 })
  expect(await search(app, '"another reason"')).toMatchObject([{ id, found: { attempt: 2 } }])
  expect(await ids(app, '"number 29"')).toEqual([])
})

test('a task that is lost with its worker is found as well', async () => {
  const app = await testApp()
  const { id, holder } = await claimed(app)
  await app.json(`/api/tasks/${id}/run`, holder)
  await app.json(`/api/tasks/${id}/log`, { ...holder, offset: 0, data: Buffer.from('last words\n').toString('base64') })
  app.time.pass(2 * LEASE_MS)
  expect(await reap(app)).toBe(1)
  expect(await ids(app, 'state:lost "last words"')).toEqual([id])
})

test('a task that is deleted, retired, or whose output is removed leaves the index', async () => {
  const app = await testApp()
  const [deleted, dropped, retired] = [await ended(app, 'needle a\n'), await ended(app, 'needle b\n'), await ended(app, 'needle c\n')]
  expect(await ids(app, 'needle')).toEqual([retired, dropped, deleted])
  await app.json(`/api/tasks/${deleted}`, undefined, { method: 'DELETE' })
  expect(await ids(app, 'needle')).toEqual([retired, dropped])
  await dropOutput(app, dropped, 'after 30 days')
  expect(await ids(app, 'needle')).toEqual([retired])
  expect(await stored(app)).toHaveLength(1)
  app.time.pass(DAY_MS)
  await retire(app, app.clock.now(), 'too old')
  await purge(app)
  expect(await stored(app)).toEqual([])
})
