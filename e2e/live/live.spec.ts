import { describe, expect, test } from 'vitest'
import { eventually, PARTIAL } from '../support/dashboard.ts'
import { setUp } from '../support/set-up.ts'

/** The server's minimum time between two flushes of nudges. */
const FLUSH_MS = 50

const { server, open } = setUp({ flags: ['--undo-seconds', '600'] })

describe('two pages', () => {
  test('a form sent in one page updates the other, which keeps its viewer’s state', async () => {
    for (let i = 1; i <= 40; i++) await server.newTask({ title: `older ${i}` })
    const [actor, reader] = [await open(), await open()]
    const { page } = reader
    await page.locator('[name=q]').first().fill('half-ty')
    await reader.openNewTask()
    await page.locator('#task-form [name=title]').fill('not sent yet')
    await page.evaluate('scrollTo(0, 500)')
    const topOf = (title: string) => page.locator('#tasks tr', { hasText: title }).evaluate((row) => row.getBoundingClientRect().top)
    const before = await topOf('older 12')
    await eventually(() => page.evaluate<number>('scrollY')).toBeGreaterThan(0)

    await actor.newTask({ title: 'from the other page', command: 'true' })

    await eventually(() => page.locator('new-rows').textContent()).toMatch(/1 new, show/)
    await eventually(() => page.locator('[name=q]').first().inputValue()).toBe('half-ty')
    await eventually(() => page.locator('#task-form [name=title]').inputValue()).toBe('not sent yet')
    await eventually(() => page.evaluate<string>('document.activeElement.name')).toBe('title')
    await eventually(() => reader.newTaskIsOpen()).toBe(true)
    expect(Math.abs((await topOf('older 12')) - before)).toBeLessThanOrEqual(1)
    const { x, y } = (await page.locator('new-rows button').boundingBox()) ?? { x: 0, y: 0 }
    await page.mouse.click(x + 5, y + 5)
    await eventually(() => reader.titles()).toContain('from the other page')
  })

  test('the acting page does not refetch what its response contained; the other fetches once', async () => {
    const id = await server.newTask({ title: 'to be cancelled' })
    const [actor, reader] = [await open(), await open()]
    await actor.cancel(id)
    await eventually(() => reader.row(id).textContent()).toMatch(/cancelling/i)
    await eventually(() => actor.row(id).textContent()).toMatch(/cancelling/i)
    await Promise.all([reader.settled(PARTIAL), actor.settled(PARTIAL)])
    expect(reader.asked(PARTIAL)).toBe(1)
    expect(actor.asked(PARTIAL)).toBe(0)
  })
})

async function writeAgainAndAgain(title: string, times: number) {
  const id = await server.newTask({ title })
  let { version } = (await server.api('GET', `/api/tasks/${id}`)).json.item
  for (let i = 0; i < times; i++) {
    const { status, json } = await server.api('POST', `/api/tasks/${id}/description`, { description: `text ${i}`, version })
    expect(status).toBe(200)
    version = json.item.version
  }
}

describe('pace', () => {
  test('a hundred rapid changes cause few fetches, never two at once, and the last state is shown', async () => {
    const reader = await open()
    const began = performance.now()
    for (let i = 1; i <= 100; i++) await server.newTask({ title: `rapid ${i}` })
    const took = performance.now() - began
    await eventually(() => reader.titles()).toContain('rapid 100')
    await reader.settled(PARTIAL)
    expect(await reader.mostAtOnce('/ui/tasks')).toBe(1)
    console.log(`100 rapid changes in ${took.toFixed(0)} ms: ${reader.asked(PARTIAL)} fetches of the panel`)
    expect(reader.asked(PARTIAL)).toBeLessThanOrEqual(2 + took / FLUSH_MS)
  })

  test('however many changes arrive during a fetch, one more fetch shows them all', async () => {
    const reader = await open()
    const answer = await reader.delayNext(PARTIAL)
    await server.newTask({ title: 'the first of many' })
    await answer.asked
    for (let i = 1; i <= 30; i++) await server.newTask({ title: `held back ${i}` })
    answer.deliver()
    await eventually(() => reader.titles()).toContain('held back 30')
    await reader.settled(PARTIAL)
    expect(reader.asked(PARTIAL)).toBe(2)
  })

  test('after a thousand nudges a change is still fetched exactly once, over one stream', async () => {
    const reader = await open()
    await Promise.all(Array.from({ length: 10 }, (_, task) => writeAgainAndAgain(`written again and again ${task}`, 100)))
    await reader.settled(PARTIAL)
    for (let i = 0; i < 5; i++) {
      const before = reader.asked(PARTIAL)
      const made = await server.newTask({ title: `after the thousand ${i}` })
      await reader.row(made).waitFor()
      await reader.settled(PARTIAL)
      expect(reader.asked(PARTIAL) - before).toBe(1)
    }
    await eventually(() => server.streams()).toBe(1)
  })
})

describe('order', () => {
  const late = [
    { stamp: undefined, shown: /cancelling/i, title: 'an answer that arrives after a newer one is dropped' },
    { stamp: (own: string) => own.replace(/^\d+/, '999999999'), shown: /queued/i, title: 'and would be shown if its X-Live-Seq did not tell' },
  ]
  for (const { stamp, shown, title } of late) {
    test(title, async () => {
      const [first, second] = [await server.newTask({ title: 'first' }), await server.newTask({ title: 'second' })]
      const reader = await open()
      const delayed = await reader.delayNext(PARTIAL, stamp)
      await server.api('POST', `/api/tasks/${first}/cancel`)
      await delayed.asked
      await reader.cancel(second)
      await eventually(() => reader.row(second).textContent()).toMatch(/cancelling/i)
      delayed.deliver()
      await reader.settled(PARTIAL)
      await eventually(() => reader.row(second).textContent()).toMatch(shown)
    })
  }

  test('a change between rendering and connecting is fetched, once', async () => {
    const reader = await open('/tasks', { alone: true })
    const gap = await reader.delayStream()
    await reader.page.reload()
    await gap.asked
    const before = reader.asked(PARTIAL)
    await server.newTask({ title: 'made in the gap' })
    await eventually(() => reader.titles()).not.toContain('made in the gap')
    gap.deliver()
    await eventually(() => reader.titles()).toContain('made in the gap')
    await reader.settled(PARTIAL)
    expect(reader.asked(PARTIAL) - before).toBe(1)
  })

  test('a hidden tab fetches nothing until it is visible', async () => {
    const reader = await open()
    await reader.hide(true)
    const id = await server.newTask({ title: 'while nobody looked' })
    const other = await open()
    await other.row(id).waitFor()
    expect(reader.asked(PARTIAL)).toBe(0)
    await reader.hide(false)
    await reader.row(id).waitFor()
    expect(reader.asked(PARTIAL)).toBe(1)
  })
})
