import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { expect, test } from 'vitest'
import { faultsOf } from '../accessibility/access.ts'
import { eventually } from '../support/dashboard.ts'
import { setUp } from '../support/set-up.ts'

const { server, open } = setUp({ workers: 1 })

const lines = '.log > li .log-text'
const logOf = (page: Page) => page.locator(lines).allTextContents()
const named = (page: Page) => page.locator('[data-log-name]').textContent()
/** The steps in the order of the page, with their tones. */
const nodes = (page: Page) =>
  page.locator('.node').evaluateAll((all) => (all as { textContent: string; dataset: { tone: string } }[]).map((it) => it.dataset.tone))

/** A diamond of five steps, of which some wait for a gate. */
async function startDiamond(name: string, { build = 'echo building', test: check = 'echo testing' } = {}) {
  mkdirSync(join(server.data, 'task-types'), { recursive: true })
  const step = (of: string, command: string, needs: string[]) =>
    `  - { name: ${of}, argv: [sh, -c, ${JSON.stringify(command)}], needs: [${needs.join(', ')}] }\n`
  const steps =
    step('build', build, []) +
    step('lint', 'echo linting', ['build']) +
    step('test', check, ['build']) +
    step('pack', 'echo packing', ['lint', 'test']) +
    step('ship', 'echo shipping', ['pack'])
  writeFileSync(join(server.data, 'task-types', `${name}.yaml`), `title: Release\nsteps:\n${steps}`)
  const { json } = await server.api('POST', '/api/tasks', { type: name })
  const ids = Object.fromEntries(json.item.steps.map(({ id, name }: { id: string; name: string }) => [name, id]))
  return { id: json.item.id as string, ids: ids as Record<string, string> }
}

test('a worker runs a diamond in order, and its page shows it live with the log of the step that runs', async () => {
  const [build, check] = [server.gate('build'), server.gate('test')]
  const { id } = await startDiamond('live', { build: `echo building; ${build.wait}`, test: `echo testing; ${check.wait}` })
  const { page } = await open(`/tasks/${id}`)
  await eventually(() => logOf(page)).toEqual(['building'])
  expect([await named(page), await nodes(page)]).toEqual(['build', ['running', 'queued', 'queued', 'queued', 'queued']])
  build.open()
  await eventually(() => named(page)).toBe('test')
  await eventually(() => logOf(page)).toEqual(['testing'])
  await eventually(() => page.locator('.node[aria-current] .node-name').textContent()).toBe('test')
  const list = await open('/tasks')
  await eventually(() => list.page.locator('.row-title, tbody').first().textContent()).toContain('2 of 5, test')
  check.open()
  await eventually(() => server.stateOf(id)).toBe('succeeded')
  await eventually(() => nodes(page)).toEqual(Array(5).fill('succeeded'))
  await eventually(() => logOf(page)).toEqual(['shipping'])
})

test('a node leads to the log of its step, by a click and by the keyboard, and no step ever moves', async () => {
  const { id, ids } = await startDiamond('nodes')
  await eventually(() => server.stateOf(id)).toBe('succeeded')
  const { page } = await open(`/tasks/${id}`)
  const places = () =>
    page
      .locator('.node')
      .evaluateAll((all) =>
        (all as { getBoundingClientRect(): { x: number; y: number } }[]).map((it) => [it.getBoundingClientRect().x, it.getBoundingClientRect().y]),
      )
  const before = await places()
  await page.locator('.node', { hasText: 'lint' }).click()
  await page.waitForURL(`**/tasks/${ids.lint}`)
  expect([await logOf(page), await places()]).toEqual([['linting'], before])
  await page.locator('.node', { hasText: 'lint' }).focus()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.waitForURL(`**/tasks/${ids.test}`)
  expect(await page.locator('h1 a').getAttribute('href')).toBe(`/tasks/${id}`)
  expect([await logOf(page), await page.locator('.node[aria-current] .node-name').textContent()]).toEqual([['testing'], 'test'])
})

test('the first failed step opens, and Retry runs it and what it held back', async () => {
  const fixed = join(server.data, 'fixed')
  const { id } = await startDiamond('failing', { test: `test -e '${fixed}' || { echo "Error: not yet" >&2; exit 1; }; echo good` })
  await eventually(() => server.stateOf(id)).toBe('failed')
  const { page } = await open(`/tasks/${id}`)
  expect([await named(page), await logOf(page)]).toEqual(['test', ['Error: not yet']])
  expect(await page.locator('.run-error').textContent()).toBe('Error: not yet')
  expect(await nodes(page)).toEqual(['succeeded', 'succeeded', 'failed', 'cancelled', 'cancelled'])
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await faultsOf(page)).toEqual([])
  }
  writeFileSync(fixed, '')
  await page.getByRole('button', { name: 'Retry' }).click()
  await eventually(() => server.stateOf(id)).toBe('succeeded')
  await eventually(() => nodes(page)).toEqual(Array(5).fill('succeeded'))
})

test('three rows of steps fit into the band, and on a phone the steps are tabs', async () => {
  const { id } = await startDiamond('phone')
  await eventually(() => server.stateOf(id)).toBe('succeeded')
  const { page } = await open(`/tasks/${id}`, { viewport: { width: 390, height: 844 } })
  expect(await page.locator('.pipeline-lines').isVisible()).toBe(false)
  const tops = await page.locator('.node').evaluateAll((all) => (all as { getBoundingClientRect(): { y: number } }[]).map((it) => it.getBoundingClientRect().y))
  expect(new Set(tops).size).toBe(1)
  expect(await faultsOf(page)).toEqual([])
  await page.locator('.node', { hasText: 'lint' }).click()
  await eventually(() => logOf(page)).toEqual(['linting'])
  await page.setViewportSize({ width: 1440, height: 900 })
  expect((await page.locator('.pipeline').boundingBox())?.height).toBeLessThanOrEqual(137)
})
