import type { Page } from 'playwright'
import { expect, test } from 'vitest'
import { type Dashboard, eventually } from '../support/dashboard.ts'
import { setUp } from '../support/set-up.ts'

const { server, open } = setUp({ workers: 1 })

const SCREENS = [
  { width: 1440, height: 900 },
  { width: 1000, height: 800 },
  { width: 390, height: 844 },
]
const HEAD_PX = 120
/** The elements of a log line that a page may have at once. */
const MOST_NODES = 2_000
const LINES = 400_000

const texts = ({ page }: Dashboard) => page.locator('log-view .log > li:visible .log-text').allTextContents()
/** The texts of the lines that are wholly in the log's own window, and of the page's. */
const inView = (page: Page) =>
  page.evaluate<string[]>(`(() => {
    const log = document.querySelector('log-view .log').getBoundingClientRect()
    const bottom = Math.min(log.bottom, innerHeight)
    const isIn = ({ top, bottom: end }) => top >= log.top - 1 && end <= bottom + 1
    return [...document.querySelectorAll('log-view .log > li')].filter((line) => isIn(line.getBoundingClientRect())).map((line) => line.querySelector('.log-text').textContent)
  })()`)
const overflow = (page: Page) =>
  page.evaluate<number[]>(`[document.documentElement.scrollHeight - innerHeight, document.documentElement.scrollWidth - document.documentElement.clientWidth]`)

test.each(SCREENS)('at $width × $height the page is the window, and the newest line stays in view', async (viewport) => {
  const more = server.gate(`more-${viewport.width}`)
  const id = await server.newTask({ title: 'Build and push the image', command: `seq 1 300; ${more.wait}; seq 301 900` })
  const reader = await open(`/tasks/${id}`, { viewport })
  const { page } = reader
  await eventually(async () => (await inView(page)).at(-1)).toBe('300')
  more.open()
  await eventually(async () => (await inView(page)).at(-1)).toBe('900')
  expect(await page.locator('[data-follow]').isChecked()).toBe(true)
  expect((await page.locator('.detail-head').boundingBox())?.height).toBeLessThanOrEqual(HEAD_PX)
  expect(await overflow(page)).toEqual([0, 0])
})

test('nothing moves when a task ends, and the error in its output is the headline', async () => {
  const end = server.gate('end')
  const id = await server.newTask({ title: 'Deploy', command: `echo begins; ${end.wait}; exit 3` })
  const withError = await server.newTask({ title: 'Fails', command: 'seq 1 50; echo "error: no space left on device" >&2; exit 3' })
  const { page } = await open(`/tasks/${id}`, { viewport: SCREENS[0] as { width: number; height: number } })
  await eventually(() => page.locator('.detail-head').textContent()).toMatch(/running/i)
  await eventually(async () => (await inView(page)).at(-1)).toBe('begins')
  const places = () =>
    Promise.all(['h1', '.run-state', '.run-command', '.log-bar', '.log', '.rail', '.log > li'].map((of) => page.locator(of).first().boundingBox()))
  const before = await places()
  end.open()
  await eventually(() => page.locator('.detail-head').textContent()).toMatch(/failed/i)
  await eventually(() => page.locator('log-view').getAttribute('data-ended')).toBe('')
  expect(await places()).toEqual(before)

  await eventually(() => server.stateOf(withError)).toBe('failed')
  await page.goto(`${server.url}/tasks/${withError}`)
  await eventually(() => page.locator('.run-error').textContent()).toBe('error: no space left on device')
  await page.locator('.run-error').click()
  await eventually(() => page.locator('.log-linked .log-text').textContent()).toBe('error: no space left on device')
})

test('below 1,100 px the parts beside the log are tabs; a line’s link leads back to the log', async () => {
  const id = await server.newTask({ title: 'tabbed', command: 'echo "error: broken"; exit 1', description: 'What it is for' })
  await eventually(() => server.stateOf(id)).toBe('failed')
  const { page } = await open(`/tasks/${id}`, { viewport: { width: 1000, height: 800 } })
  const [log, rail] = [page.locator('.log'), page.locator('.rail')]
  expect([await log.isVisible(), await rail.isVisible()]).toEqual([true, false])
  for (const [tab, part] of [
    ['Facts', '.facts'],
    ['Description', '.description'],
  ] as const) {
    await page.locator('.run-tabs').getByText(tab).click()
    expect([await log.isVisible(), await page.locator(part).isVisible()]).toEqual([false, true])
  }
  await page.reload()
  expect(await page.locator('.description').textContent()).toBe('What it is for')
  expect(await page.locator('.description').isVisible()).toBe(true)
  await page.locator('.run-error').click()
  await eventually(() => log.isVisible()).toBe(true)
  await page.setViewportSize({ width: 1200, height: 800 })
  expect([await log.isVisible(), await rail.isVisible(), await page.locator('.run-tabs').isVisible()]).toEqual([true, true, false])
})

test(`${LINES} lines are scrolled by wheel from the end to the start, with few of them in the page at once`, async () => {
  const id = await server.newTask({ title: 'long', command: `seq 1 ${LINES}` })
  await eventually(() => server.stateOf(id)).toBe('succeeded')
  const reader = await open(`/tasks/${id}`, { viewport: SCREENS[0] as { width: number; height: number } })
  const { page } = reader
  await eventually(async () => (await inView(page)).at(-1)).toBe(String(LINES))
  await page.evaluate(`(() => {
    window.mostNodes = 0
    new MutationObserver(() => { mostNodes = Math.max(mostNodes, document.querySelectorAll('log-view li').length) }).observe(document.querySelector('.log'), { childList: true })
  })()`)
  const box = await page.locator('.log').boundingBox()
  await page.mouse.move((box?.x ?? 0) + 100, (box?.y ?? 0) + 100)
  const steps = await costs(page)
  // Slowly at first, where the lines join one by one, then in leaps.
  for (let i = 0; i < 60; i++) {
    const [top] = await inView(page)
    await page.mouse.wheel(0, -600)
    await eventually(async () => (await inView(page))[0] ?? top).not.toBe(top)
    await steps.look()
    const numbers = (await inView(page)).map(Number)
    expect(numbers).toEqual(numbers.map((_, at) => (numbers[0] as number) + at))
  }
  for (let top = 1; top > 0; ) {
    await page.mouse.wheel(0, -150_000)
    await eventually(async () => (await inView(page)).length).toBeGreaterThan(20)
    await steps.look()
    top = await page.locator('.log').evaluate((log) => log.scrollTop)
  }
  await eventually(async () => (await inView(page))[0]).toBe('1')
  const nodes = await page.evaluate<number>('mostNodes')
  console.log(
    `${LINES} lines: at most ${nodes} in the page; CPU time for a step of the wheel: at most ${Math.round(steps.most)} ms, of scripts ${Math.round(steps.script)} ms`,
  )
  expect(nodes).toBeGreaterThan(0)
  expect(nodes).toBeLessThanOrEqual(MOST_NODES)
  await page.keyboard.press('f')
  await eventually(async () => (await inView(page)).at(-1)).toBe(String(LINES))
})

/** The CPU time of the page's main thread between two looks, in ms. It includes every frame of a step. */
async function costs(page: Page) {
  const session = await page.context().newCDPSession(page)
  await session.send('Performance.enable', { timeDomain: 'threadTicks' })
  const read = async () => {
    const { metrics } = await session.send('Performance.getMetrics')
    const of = (name: string) => (metrics.find((metric) => metric.name === name)?.value ?? 0) * 1000
    return { all: of('TaskDuration'), script: of('ScriptDuration') }
  }
  let last = await read()
  const steps = {
    most: 0,
    script: 0,
    async look() {
      const now = await read()
      steps.most = Math.max(steps.most, now.all - last.all)
      steps.script = Math.max(steps.script, now.script - last.script)
      last = now
    },
  }
  return steps
}

test('a match is shown with its surroundings, and n and N lead to the others; l and the arrows lead to a line’s link', async () => {
  const id = await server.newTask({ title: 'matches', command: 'for i in $(seq 1 3000); do echo row $i; [ $((i % 1000)) = 0 ] && echo needle $i; done; true' })
  await eventually(() => server.stateOf(id)).toBe('succeeded')
  const reader = await open(`/tasks/${id}`)
  const { page } = reader
  await page.locator('[data-find]').fill('needle')
  await eventually(() => texts(reader)).toEqual(['needle 1000', 'needle 2000', 'needle 3000'])
  await page.locator('.log').focus()
  const linked = () => page.locator('.log-linked .log-text').textContent()
  for (const [key, match, note] of [
    ['n', 'needle 1000', 'Match 1 of 3'],
    ['n', 'needle 2000', 'Match 2 of 3'],
    ['n', 'needle 3000', 'Match 3 of 3'],
    ['N', 'needle 2000', 'Match 2 of 3'],
  ] as const) {
    await page.keyboard.press(key)
    await eventually(linked).toBe(match)
    await eventually(() => page.locator('[data-note]').textContent()).toContain(note)
    expect((await inView(page)).length).toBeGreaterThan(10)
  }
  await page.keyboard.press('l')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  await eventually(linked).toBe('row 2000')
  expect(new URL(page.url()).hash).toBe('#L2001')
})

test('times of lines are off, relative or absolute, as the browser remembers, and are not copied', async () => {
  const id = await server.newTask({ title: 'timed', command: 'echo hello' })
  await eventually(() => server.stateOf(id)).toBe('succeeded')
  const { page } = await open(`/tasks/${id}`)
  const shown = () =>
    page.evaluate<string | null>(`(() => {
      const time = document.querySelector('.log-at')
      return time.checkVisibility() ? getComputedStyle(time, '::before').content : null
    })()`)
  await eventually(() => page.locator('.log-text').textContent()).toBe('hello')
  expect(await shown()).toBeNull()
  await page.locator('summary[aria-label="Log options"]').click()
  for (const [times, words] of [
    ['relative', /"00:\d\d"/],
    ['absolute', /"\d\d:\d\d:\d\d"/],
  ] as const) {
    await page.locator('select[data-times]').selectOption(times)
    expect(await shown()).toMatch(words)
    await page.reload()
    await eventually(shown).toMatch(words)
    await page.locator('summary[aria-label="Log options"]').click()
  }
  expect((await page.locator('.log').innerText()).trim()).toBe('hello')
})

test('without script the log is read part by part', async () => {
  const id = await server.newTask({ title: 'plain', command: 'seq 1 1200' })
  await eventually(() => server.stateOf(id)).toBe('succeeded')
  const { page } = await open(`/tasks/${id}`)
  const html = await reader(page, `/tasks/${id}`)
  expect(html).toEqual({ first: 'L701', last: 'L1200', links: [`/tasks/${id}?attempt=1&first=201#log`] })
  expect(await reader(page, `/tasks/${id}?attempt=1&first=201`)).toEqual({
    first: 'L201',
    last: 'L700',
    links: [`/tasks/${id}?attempt=1&first=1#log`, `/tasks/${id}?attempt=1&first=701#log`],
  })
})

/** What the server sends for a page, before any script. */
const reader = (page: Page, path: string) =>
  page.evaluate<{ first: string; last: string; links: string[] }>(`(async () => {
    const html = await (await fetch('${path}', { headers: { accept: 'text/html' } })).text()
    const ids = [...html.matchAll(/<li id="(L\\d+)"/g)].map(([, id]) => id)
    const parts = /<nav class="log-parts".*?<\\/nav>/s.exec(html)[0]
    return { first: ids[0], last: ids.at(-1), links: [...parts.matchAll(/href="([^"]+)"/g)].map(([, href]) => href.replaceAll('&amp;', '&')) }
  })()`)
