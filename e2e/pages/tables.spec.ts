import { beforeAll, describe, expect, test } from 'vitest'
import { answerTo, eventually, PARTIAL } from '../support/dashboard.ts'
import { setUp } from '../support/set-up.ts'
import { Lights, newRowsOf, Shifts, Touched } from './stillness.ts'

const { server, open } = setUp()

const make = async (count: number, task: { title: string; queue?: string }) => {
  const ids: string[] = []
  for (let i = 1; i <= count; i++) ids.push(await server.newTask({ ...task, title: `${task.title} ${i}` }))
  return ids
}
const cancel = (id: string) => server.api('POST', `/api/tasks/${id}/cancel`)

beforeAll(() => Promise.all(Array.from({ length: 5 }, () => make(41, { title: 'old' }))))

describe('under a reader', () => {
  test('nothing moves while a hundred tasks change', async () => {
    const ids = await make(50, { title: 'to change' })
    const reader = await open('/tasks', { reducedMotion: 'no-preference' })
    await reader.page.evaluate('scrollTo(0, 700)')
    const shifts = await Shifts.watch(reader.page)
    for (const [i, id] of ids.entries()) {
      await cancel(id)
      await server.newTask({ title: `comes meanwhile ${i}` })
    }
    await eventually(() => newRowsOf(reader)).toBe('50 new, show')
    await reader.settled(PARTIAL)
    const { sum, sources } = await shifts.read()
    console.log(`layout shift while 100 tasks change: ${sum}`)
    expect(sources).toEqual([])
    expect(sum).toBe(0)
    // At the top, where scroll anchoring does not hide a shift.
    await reader.page.evaluate('scrollTo(0, 0)')
    await shifts.read()
    await reader.page.evaluate('document.querySelector("#main").prepend(Object.assign(document.createElement("p"), { textContent: "pushed down" }))')
    await eventually(async () => (await shifts.read()).sum).toBeGreaterThan(0)
  })

  test('a refresh of two hundred rows touches the one that changed', async () => {
    const reader = await open('/tasks?limit=200')
    const id = (await reader.page.locator('#tasks tbody tr').nth(20).getAttribute('data-id')) ?? ''
    await eventually(() => reader.page.locator('#tasks tbody tr').count()).toBe(200)
    const touched = await Touched.watch(reader.page)
    await server.api('POST', `/api/tasks/${id}/${(await reader.row(id).textContent())?.includes('Queued') ? 'cancel' : 'retry'}`)
    await eventually(async () => (await touched.read()).nodes).toBeGreaterThan(0)
    await reader.settled(PARTIAL)
    const after = await touched.read()
    console.log(`refresh of 200 rows, one changed: ${after.nodes} nodes touched, ${after.mergeMs.toFixed(1)} ms from the answer to the merged page`)
    expect(after.rows).toEqual([`task-${id}`])
  })

  test('a changed value is highlighted once and fades, except with reduced motion', async () => {
    const [first, second] = (await make(2, { title: 'lights up' })) as [string, string]
    const [reader, calm] = [await open('/tasks', { reducedMotion: 'no-preference' }), await open()]
    const [lit, dark] = [await Lights.watch(reader.page), await Lights.watch(calm.page)]
    await cancel(first)
    for (const { row } of [reader, calm]) await eventually(() => row(first).textContent()).toMatch(/cancelled/i)
    await eventually(() => lit.of(`task-${first}`)).toBe(1)
    await eventually(() => lit.of(`task-${second}`)).toBe(0)
    await eventually(() => dark.of(`task-${first}`)).toBe(0)
    await eventually(() => lit.now(`task-${first}`)).toBe(0)
  })
})

test('a row that left the filter stays where it was, marked, until the list is tidied', async () => {
  const [first, second, third] = await make(3, { title: 'in the filter', queue: 'leaving' })
  const reader = await open('/tasks?state=queued&q=queue:leaving')
  await cancel(second as string)
  await eventually(() => reader.row(second as string).getAttribute('data-left')).toBe('')
  await eventually(() => reader.titles()).toEqual(['in the filter 3', 'in the filter 2', 'in the filter 1'])
  await reader.cancel(third as string)
  await eventually(() => reader.titles()).toEqual(['in the filter 2', 'in the filter 1'])
  await cancel(first as string)
  await eventually(() => newRowsOf(reader)).toBe('2 gone, tidy up')
  await reader.page.locator('new-rows button').click()
  await eventually(() => reader.page.locator('#tasks').textContent()).toMatch(/No matching tasks/)
})

describe('older rows', () => {
  test('are added below, survive refreshes and change in place', async () => {
    await make(2, { title: 'above' })
    const reader = await open()
    const older = reader.page.locator('#tasks tbody tr').nth(80)
    const more = reader.page.locator('#tasks [data-more]')
    await more.click()
    await eventually(() => reader.page.locator('#tasks tbody tr').count()).toBe(100)
    const [id, last] = [await older.getAttribute('data-id'), await reader.page.locator('#tasks tbody tr').last().getAttribute('data-id')]
    await server.newTask({ title: 'new above older rows' })
    await eventually(() => newRowsOf(reader)).toBe('1 new, show')
    await eventually(() => reader.page.locator('#tasks tbody tr').count()).toBe(100)
    await eventually(() => more.getAttribute('href')).toContain(`before=${last}`)
    await server.api('POST', `/api/tasks/${id}/cancel`)
    await eventually(() => older.textContent()).toMatch(/cancelled/i)
    await eventually(() => new URL(reader.page.url()).search).toBe('')
  })

  test('start at the requested time', async () => {
    const reader = await open()
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 16)
    await reader.page.locator('.jump [name=before]').fill(tomorrow)
    await reader.page.locator('.jump button').click()
    await eventually(() => reader.page.url()).toContain('before=')
    await eventually(async () => (await reader.titles()).length).toBe(50)
    await reader.page.locator('.jump [name=before]').fill('2020-01-01T00:00')
    await reader.page.locator('.jump button').click()
    await eventually(() => reader.page.locator('#tasks').textContent()).toMatch(/No older tasks/)
  })
})

test('the viewer’s state survives fifty refreshes: focus, selected text, scroll, details, radio, dialog, half-typed text', async () => {
  const ids = await make(50, { title: 'refreshed' })
  const reader = await open()
  const { page } = reader
  const extra = '<div id="extra"><label>A <input type="radio" name="r" value="a" checked></label><label>B <input type="radio" name="r" value="b"></label>'
  const rest =
    '<textarea id="half" aria-label="Half">served</textarea><details id="opens"><summary>More</summary>text</details><dialog id="asks">Sure?</dialog></div>'
  await page.route(PARTIAL, async (route) => {
    const answer = await answerTo(route)
    await route.fulfill({ response: answer, body: (await answer.text()) + extra + rest })
  })
  await page.evaluate('tasksSurface.refresh()')
  await page.locator('#extra [value=b]').check()
  await page.locator('#opens > summary').click()
  await page.evaluate('document.querySelector("#asks").show()')
  await page.locator('#half').fill('half-typed here')
  await page.evaluate('document.querySelector("#half").setSelectionRange(2, 6)')
  await page.evaluate('scrollTo(0, 300)')
  const held = () =>
    page.evaluate(`({
      y: scrollY, focus: document.activeElement.id, text: half.value, from: half.selectionStart, to: half.selectionEnd,
      radio: document.querySelector('#extra :checked').value, details: opens.open, dialog: asks.open,
    })`)
  const before = await held()
  expect(before).toMatchObject({ focus: 'half', text: 'half-typed here', from: 2, to: 6, radio: 'b', details: true, dialog: true })
  for (const id of ids) {
    await cancel(id)
    await page.evaluate('tasksSurface.refresh()')
  }
  expect(reader.asked(PARTIAL)).toBeGreaterThanOrEqual(50)
  expect(await held()).toEqual(before)
})

test('while rows are selected the list is visibly paused; Shift selects a range; Escape clears the selection', async () => {
  const reader = await open()
  const boxes = reader.page.locator('#tasks tbody input[type=checkbox]')
  const bar = reader.page.locator('selection-bar')
  const header = reader.page.locator('#tasks thead')
  const [top, height] = await header.evaluate((head) => [head.getBoundingClientRect().top, head.getBoundingClientRect().height])
  await boxes.nth(1).click()
  await boxes.nth(4).click({ modifiers: ['Shift'] })
  await eventually(() => bar.locator('[data-count-text]').textContent()).toBe('4 selected')
  await eventually(() => bar.textContent()).toContain('List paused')
  const box = await bar.evaluate((it) => it.getBoundingClientRect())
  expect(Math.max(Math.abs(box.top - (top as number)), Math.abs(box.height - (height as number)))).toBeLessThan(1)
  const before = await reader.titles()
  await reader.newTask({ title: 'own, while frozen', command: 'true' })
  await reader.settled(PARTIAL)
  await eventually(() => reader.titles()).toEqual(before)
  await reader.page.locator('#tasks tbody').focus()
  await reader.page.keyboard.press('Escape')
  await eventually(() => boxes.and(reader.page.locator(':checked')).count()).toBe(0)
  await eventually(() => reader.titles()).toContain('own, while frozen')
})

test('a bulk change needs a confirmation, happens once, and not if more tasks match than were confirmed', async () => {
  await make(55, { title: 'many', queue: 'nobody' })
  const reader = await open('/tasks?q=queue:nobody')
  const { page } = reader
  const cancelled = async () => (await server.api('GET', '/api/tasks?q=queue:nobody&state=cancelled&limit=200')).json.items.length
  await page.locator('#tasks tbody input[type=checkbox]').first().check()
  await page.locator('selection-bar [data-all]').check()
  await eventually(() => page.locator('selection-bar [data-count-text]').textContent()).toBe('On every page')
  await page.locator('selection-bar').getByRole('button', { name: 'Cancel' }).click()
  await page.getByRole('heading', { name: 'Cancel 55 tasks?' }).waitFor()
  await eventually(() => cancelled()).toBe(0)

  const late = await server.newTask({ title: 'came later', queue: 'nobody' })
  await page.getByRole('button', { name: 'Cancel 55 tasks' }).dblclick()
  await page.waitForURL('**/tasks?q=queue*')
  await eventually(() => cancelled()).toBe(55)
  expect((await server.api('GET', `/api/tasks/${late}`)).json.item.state).toBe('queued')

  await page.goto(`${server.url}/tasks/confirm?verb=retry&match=q%3Dqueue%3Anobody`)
  await server.api('POST', `/api/tasks/${late}/cancel`)
  await page.getByRole('button', { name: 'Retry 55 tasks' }).click()
  await page.getByRole('heading', { name: 'Retry 56 tasks?' }).waitFor()
  await eventually(() => page.getByRole('alert').textContent()).toContain('You confirmed 55')
  await eventually(() => cancelled()).toBe(56)
  await page.getByRole('button', { name: 'Retry 56 tasks' }).click()
  await page.waitForURL('**/tasks?q=queue*')
  await eventually(() => cancelled()).toBe(0)
})
