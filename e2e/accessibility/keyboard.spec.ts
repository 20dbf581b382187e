import type { Page } from 'playwright'
import { beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../support/dashboard.ts'
import { where } from '../support/focus.ts'
import { stage } from '../support/scenes.ts'
import { setUp } from '../support/set-up.ts'

/** More tab stops than a person would accept. */
const MOST_PRESSES = 60

const { server, open } = setUp({ workers: 1, flags: ['--undo-seconds', '600'], viewport: { width: 1280, height: 720 }, reducedMotion: 'no-preference' })
beforeAll(() => stage(server, 'few'))

const pathOf = (page: Page) => new URL(page.url()).pathname

/** Presses Tab until an element of this name has the focus. */
async function tabTo(page: Page, name: RegExp, key = 'Tab') {
  const passed: string[] = []
  for (let i = 0; i < MOST_PRESSES; i++) {
    await page.keyboard.press(key)
    const stop = await where(page)
    if (stop && name.test(stop.name)) {
      expect(stop).toEqual({ name: stop.name, faults: [] })
      return
    }
    passed.push(stop?.name ?? '(nothing)')
  }
  throw new Error(`${name} is not among ${passed.join(' | ')}`)
}

/** Waits until a visible element of this name has the focus. */
const isAt = (page: Page, name: string) => eventually(() => where(page)).toEqual({ name, faults: [] })

describe('without a mouse', () => {
  test('a viewer creates, finds, opens and cancels a task, and undoes that', async () => {
    const { page } = await open()
    await page.keyboard.press('c')
    await page.keyboard.type('sleep 60')
    await isAt(page, 'Command')
    expect(await page.locator('#sheet [name=command]').inputValue()).toBe('sleep 60')
    await tabTo(page, /^Title$/)
    await page.keyboard.type('Prune the orchard')
    await tabTo(page, /^Create task$/)
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Prune the orchard' }).first().waitFor()
    await page.locator('#sheet').waitFor({ state: 'hidden' })
    await page.keyboard.press('/')
    await page.keyboard.type('orchard')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/tasks?q=orchard')
    await page.keyboard.press('j')
    await isAt(page, 'Prune the orchard')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/tasks/t_*')
    const id = pathOf(page).split('/').at(-1) as string
    await tabTo(page, /^Cancel$/)
    await page.keyboard.press('Enter')
    await isAt(page, 'Undo')
    await page.keyboard.press('F6')
    await tabTo(page, /^Close$/)
    await tabTo(page, /^Undo$/, 'Shift+Tab')
    await page.keyboard.press('Enter')
    await page.getByText(`${id} stays as it was.`).waitFor()
    await isAt(page, 'Cancel')
    await eventually(() => server.stateOf(id)).toBe('queued')
  })

  test('a row’s menu acts on it, and focus returns to the row, or to the next one if it left the list', async () => {
    for (const title of ['first', 'second', 'third']) await server.newTask({ title, queue: 'menus' })
    const { page } = await open('/tasks?q=queue:menus+state:queued')
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('.')
    await isAt(page, 'Cancel')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Undo' }).first().waitFor()
    await isAt(page, 'second')

    const ids: string[] = []
    for (const title of ['the older', 'the newer']) ids.push(await server.newTask({ title, queue: 'over' }))
    for (const id of ids) await server.api('POST', `/api/tasks/${id}/cancel`)
    await page.goto(`${server.url}/tasks?q=queue:over+state:cancelled`)
    await page.keyboard.press('j')
    await isAt(page, 'the newer')
    await page.keyboard.press('.')
    await isAt(page, 'Retry')
    await page.keyboard.press('Enter')
    await isAt(page, 'the older')
  })

  test('a viewer saves a search', async () => {
    const { page } = await open('/tasks?q=queue:ops')
    await tabTo(page, /^Save view$/)
    await page.keyboard.press('Enter')
    await tabTo(page, /^Name$/)
    await page.keyboard.type('Of operations')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Of operations' }).waitFor()
  })

  test('three selected tasks are deleted after a confirmation', async () => {
    const ids: string[] = []
    for (const title of ['one', 'two', 'three']) ids.push(await server.newTask({ title, queue: 'parked' }))
    const { page } = await open('/tasks?q=queue:parked')
    for (const key of ['j', 'x', 'j', 'x', 'j', 'x']) await page.keyboard.press(key)
    await isAt(page, 'one')
    await tabTo(page, /^Delete/, 'Shift+Tab')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/tasks/confirm?*')
    await tabTo(page, /^Delete 3 tasks$/)
    await page.keyboard.press('Enter')
    await page.waitForURL('**/tasks?q=queue%3Aparked&did=delete-3')
    await page.getByText('3 deleted').waitFor()
    for (const id of ids) expect(await server.stateOf(id)).toBeUndefined()
  })

  test('the skip link leads to the content, and a closed menu returns the focus', async () => {
    const { page } = await open()
    await tabTo(page, /^Skip to the content$/)
    await page.keyboard.press('Enter')
    await tabTo(page, /^How to search$/)
    await page.keyboard.press('Enter')
    await tabTo(page, /^queue:mail$/)
    await page.keyboard.press('Escape')
    await isAt(page, 'How to search')
  })

  test('a viewer changes the settings and signs out', async () => {
    const { page } = await open('/tasks', { ownSession: true })
    await page.keyboard.press('g')
    await page.keyboard.press('s')
    await page.waitForURL('**/settings')
    await tabTo(page, /^Density$/)
    await page.keyboard.press('ArrowDown')
    await tabTo(page, /^Save$/)
    await page.keyboard.press('Enter')
    await page.locator('html[data-density=comfortable]').waitFor()
    await tabTo(page, /^Signed in as/)
    await page.keyboard.press('Enter')
    await tabTo(page, /^Sign out$/)
    await page.keyboard.press('Enter')
    await page.waitForURL('**/in')
  })
})
