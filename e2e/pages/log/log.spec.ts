import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Dashboard, eventually } from '../../support/dashboard.ts'
import { setUp } from '../../support/set-up.ts'

const LINES = /\/ui\/tasks\/t_\d+\/log/

const { server, open } = setUp({ workers: 1 })

const lines = (reader: Dashboard) => reader.page.locator('log-view .log > li:visible').allTextContents()

test('a log is shown as it grows, in colour, and is no longer polled once complete', async () => {
  const [half, whole] = [server.gate('half'), server.gate('whole')]
  const begin = `printf 'one\\n'; printf '\\033[31mred\\033[0m <b>not bold</b>\\n'`
  const command = `${begin}; ${half.wait}; printf 'half'; ${whole.wait}; printf ' and whole\\n'; echo failed >&2`
  const id = await server.newTask({ title: 'talks', command })
  const reader = await open(`/tasks/${id}`)
  await eventually(() => lines(reader)).toEqual([expect.stringMatching(/one$/), expect.stringMatching(/red <b>not bold<\/b>$/)])
  await eventually(() => reader.page.locator('log-view .ansi-red-fg').textContent()).toBe('red')
  await eventually(() => reader.page.locator('log-view .log b').count()).toBe(0)
  half.open()
  await eventually(async () => (await lines(reader)).at(-1)).toMatch(/half$/)
  whole.open()
  await eventually(async () => (await lines(reader)).slice(2)).toEqual([expect.stringMatching(/half and whole$/), expect.stringMatching(/failed$/)])
  await eventually(() => reader.page.locator('log-view .stderr').textContent()).toMatch(/failed/)
  await eventually(() => reader.page.locator(`#task-${id}`).textContent()).toMatch(/succeeded/i)

  await eventually(() => reader.page.locator('log-view').getAttribute('data-ended')).not.toBeNull()
  const asked = reader.asked(LINES)
  const other = await server.newTask({ title: 'another', command: 'echo other' })
  await eventually(() => server.stateOf(other)).toBe('succeeded')
  await reader.settled(LINES)
  expect(reader.asked(LINES)).toBe(asked)
})

test('a flood keeps five hundred lines in the page, and does not scroll a viewer who reads above', async () => {
  const later = server.gate('later')
  const command = `for i in $(seq 1 2000); do echo line $i; done; ${later.wait}; for i in $(seq 1 5); do echo later $i; done`
  const id = await server.newTask({ title: 'floods', command })
  const reader = await open(`/tasks/${id}`)
  const log = reader.page.locator('log-view .log')
  await eventually(async () => (await lines(reader)).at(-1)).toMatch(/line 2000$/)
  await eventually(() => log.locator('> li').count()).toBeLessThanOrEqual(500)
  await log.evaluate((element) => {
    element.scrollTop = 40
  })
  await eventually(() => reader.page.locator('[data-follow]').isChecked()).toBe(false)
  later.open()
  await eventually(() => reader.page.locator('log-view [data-new]').textContent()).toMatch(/5 new lines/)
  await eventually(() => log.evaluate((element) => element.scrollTop + element.clientHeight < element.scrollHeight - 100)).toBe(true)
  await reader.page.locator('log-view [data-new]').click()
  await eventually(() => log.evaluate((element) => element.scrollTop + element.clientHeight >= element.scrollHeight - 2)).toBe(true)
})

/** By the keyboard: a click is ignored for a moment after Retry has taken the place of Cancel. */
const retry = ({ page }: Dashboard) => page.getByRole('button', { name: 'Retry' }).first().press('Enter')

test('a retry switches the open page to the log of the new attempt', async () => {
  const id = await server.newTask({ title: 'fails', command: 'echo attempt at $(date +%s%N); exit 1' })
  const reader = await open(`/tasks/${id}`)
  await eventually(() => lines(reader)).toHaveLength(1)
  const [before] = await lines(reader)
  await retry(reader)
  await eventually(async () => (await lines(reader))[0] ?? before).not.toBe(before)
  await eventually(() => lines(reader)).toHaveLength(1)
  await eventually(() => reader.page.locator('log-view a[href*="download"]').getAttribute('href')).toContain('attempt=2')
})

test('a retry gets its own, current tab as soon as it starts; an older attempt stays open for its viewer', async () => {
  const [begin, end] = [server.gate('retry-begin'), server.gate('retry-end')]
  const id = await server.newTask({ title: 'fails thrice', command: `[ -e '${server.data}/third' ] && { ${begin.wait}; echo four; ${end.wait}; }; exit 1` })
  const retryAgain = async () => {
    await eventually(() => server.stateOf(id)).toBe('failed')
    await server.api('POST', `/api/tasks/${id}/retry`)
  }
  await retryAgain()
  const early = await open(`/tasks/${id}`)
  await retryAgain()
  await eventually(() => server.stateOf(id)).toBe('failed')
  const tabs = (reader: Dashboard) => reader.page.locator('.run-attempts > a:visible > span:nth-of-type(2)').allTextContents()
  const current = (reader: Dashboard) => reader.page.locator('.run-attempts > [aria-current]').getAttribute('data-attempt')
  await eventually(() => tabs(early)).toEqual(['1', '2', '3'])
  const [newest, older] = [await open(`/tasks/${id}`), await open(`/tasks/${id}?attempt=2`)]
  await eventually(() => current(newest)).toBe('3')
  writeFileSync(join(server.data, 'third'), '')
  await retry(newest)
  for (const reader of [newest, older, early]) await eventually(() => tabs(reader)).toEqual(['1', '2', '3', '4'])
  await eventually(() => Promise.all([newest, older, early].map(current))).toEqual(['4', '2', '4'])
  begin.open()
  await eventually(() => lines(newest)).toEqual([expect.stringMatching(/four$/)])
  await eventually(() => newest.page.locator('.log').getAttribute('aria-label')).toBe('Output of attempt 4')
  end.open()
  await newest.page.locator('.run-attempts > a').first().click()
  await newest.page.waitForURL('**/tasks/*?attempt=1#log')
  await eventually(() => current(newest)).toBe('1')
})

test('a copy button survives changes around it', async () => {
  const go = server.gate('copy')
  const id = await server.newTask({ title: 'copied from', command: go.wait })
  const reader = await open(`/tasks/${id}`)
  const buttons = reader.page.locator('.detail copy-button')
  await eventually(() => reader.page.locator('.detail-head').textContent()).toMatch(/running/i)
  go.open()
  await eventually(() => reader.page.locator('.detail-head').textContent()).toMatch(/succeeded/i)
  await eventually(() => buttons.count()).toBe(2)
  for (const button of await buttons.all()) await eventually(() => button.isVisible()).toBe(true)
})

const NOISE = `for i in $(seq 1 1500); do echo "INFO request $i"; done; echo "ERROR connection refused"; echo "    at connect"; echo "WARN slow"`

test('a search covers the whole log, marks its matches, and links each to its context', async () => {
  const more = server.gate('more')
  const id = await server.newTask({ title: 'searched', command: `${NOISE}; ${more.wait}; echo "ERROR later"` })
  const reader = await open(`/tasks/${id}`)
  const { page } = reader
  await eventually(async () => (await lines(reader)).at(-1)).toMatch(/WARN slow$/)
  await page.locator('[data-find]').fill('request 42')
  await eventually(() => lines(reader)).toHaveLength(11)
  await eventually(() => page.locator('[data-note]').textContent()).toMatch(/^11 lines with “request 42”/)
  await eventually(() => page.evaluate<number>(`CSS.highlights.get('log-found').size`)).toBe(11)
  await page.locator('#L42 .log-number').click()
  await eventually(async () => (await lines(reader)).length).toBeGreaterThan(100)
  await eventually(() => new URL(page.url()).hash).toBe('#L42')
  await eventually(() => page.locator('#L42').getAttribute('class')).toContain('log-linked')
  await page.locator('[data-level]').selectOption('error')
  await page.locator('[data-find]').fill('')
  await eventually(async () => (await lines(reader)).join()).toMatch(/refused.*at connect/s)
  await eventually(() => page.locator('.log > .level-error').count()).toBeGreaterThanOrEqual(2)
  await page.locator('[data-new]').click()
  await eventually(async () => (await lines(reader)).at(-1)).toMatch(/WARN slow$/)
  more.open()
  await eventually(async () => (await lines(reader)).at(-1)).toMatch(/ERROR later$/)
  await eventually(() => page.locator('[data-find]').inputValue()).toBe('')
})

test('a search also finds later output, until the end, and its note stays true', async () => {
  const [more, end] = [server.gate('look-more'), server.gate('look-end')]
  const id = await server.newTask({ title: 'searched early', command: `${more.wait}; echo the needle; ${end.wait}; printf 'last needle'` })
  const { page } = await open(`/tasks/${id}`)
  const [note, empty] = [page.locator('[data-note]'), page.locator('.log-empty:visible')]
  await eventually(() => empty.allTextContents()).toEqual(['No output yet.'])
  await page.locator('[data-find]').fill('needle')
  await eventually(() => note.textContent()).toMatch(/^0 lines with “needle”/)
  await eventually(() => empty.allTextContents()).toEqual(['No matching lines.'])
  const [head, sentence] = [await note.boundingBox(), await empty.boundingBox()]
  expect(sentence?.y).toBeGreaterThanOrEqual((head?.y ?? Number.NaN) + (head?.height ?? Number.NaN))
  more.open()
  await eventually(() => note.textContent()).toMatch(/^1 line with “needle”/)
  await eventually(() => page.evaluate<number>(`CSS.highlights.get('log-found').size`)).toBe(1)
  await eventually(() => empty.count()).toBe(0)
  end.open()
  await eventually(() => note.textContent()).toMatch(/^2 lines with “needle”/)
  await eventually(() => page.locator('log-view').getAttribute('data-ended')).toBe('')
  await page.locator('[data-find]').fill('not there')
  await eventually(() => empty.allTextContents()).toEqual(['No matching lines.'])
})

test('a match has the colour of the page’s text, whatever colour it was printed in', async () => {
  const id = await server.newTask({ title: 'grey', command: `printf '\\033[90mgrey words\\033[0m\\n'` })
  const { page } = await open(`/tasks/${id}`)
  await eventually(() => server.stateOf(id)).toBe('succeeded')
  await page.locator('[data-find]').fill('grey')
  await eventually(() => page.evaluate<number>(`CSS.highlights.get('log-found')?.size`)).toBe(1)
  const colours = await page.evaluate<string[]>(`(() => {
    const line = document.querySelector('.log .ansi-bright-black-fg')
    return [getComputedStyle(line).color, getComputedStyle(line, '::highlight(log-found)').color, getComputedStyle(document.body).color]
  })()`)
  expect(colours[0]).not.toBe(colours[2])
  expect(colours[1]).toBe(colours[2])
})

test('a link to a line shows that part of the log', async () => {
  const id = await server.newTask({ title: 'linked', command: 'for i in $(seq 1 2000); do echo line $i; done' })
  const reader = await open(`/tasks/${id}`)
  await eventually(async () => (await lines(reader)).at(-1)).toMatch(/line 2000$/)
  await reader.page.goto(`${server.url}/tasks/${id}#L120`)
  await eventually(() => reader.page.locator('#L120 .log-text').textContent()).toBe('line 120')
  await eventually(async () => (await reader.page.locator('#L120').boundingBox())?.y).toBeLessThan(720)
})

test('the errors of a long log are counted as it grows, and a key jumps to the next or previous one', async () => {
  const more = server.gate('errors-more')
  const command = `echo "ERROR early"; ${NOISE}; ${more.wait}; echo "ERROR later"`
  const id = await server.newTask({ title: 'errs', command })
  const { page } = await open(`/tasks/${id}`)
  const button = page.locator('.log-errors')
  const linked = () => page.locator('.log-linked .log-text').allTextContents()
  await eventually(() => button.textContent()).toBe('2 errors')
  await button.click()
  await eventually(linked).toEqual(['ERROR early'])
  await page.keyboard.press('e')
  await eventually(linked).toEqual(['ERROR connection refused'])
  more.open()
  await eventually(() => button.textContent()).toBe('3 errors')
  await page.keyboard.press('e')
  await eventually(linked).toEqual(['ERROR later'])
  await page.keyboard.press('E')
  await eventually(linked).toEqual(['ERROR connection refused'])
  await page.locator('[data-find]').fill('request 42')
  await eventually(() => page.locator('log-view').getAttribute('data-mode')).toBe('found')
  await button.click()
  await eventually(linked).toEqual(['ERROR later'])
})
