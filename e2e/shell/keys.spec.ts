import { beforeEach, describe, expect, test } from 'vitest'
import { type Dashboard, eventually } from '../support/dashboard.ts'
import { setUp } from '../support/set-up.ts'

const { server, open } = setUp({ flags: ['--undo-seconds', '600'], reducedMotion: 'no-preference' })
beforeEach(async () => {
  for (const title of ['one', 'two', 'three']) await server.newTask({ title })
})

const pathOf = ({ page }: Dashboard) => new URL(page.url()).pathname
const focused = ({ page }: Dashboard) => page.evaluate<string>('document.activeElement.textContent.trim()')
async function press({ page }: Dashboard, ...keys: string[]) {
  for (const key of keys) await page.keyboard.press(key)
}

describe('the palette', () => {
  test('opens with Ctrl K, finds a task by its words, and Enter opens it', async () => {
    const id = await server.newTask({ title: 'Prune the orchard' })
    const reader = await open()
    await press(reader, 'Control+k')
    await reader.page.keyboard.type('orchard')
    await press(reader, 'Enter')
    await eventually(() => pathOf(reader)).toBe(`/tasks/${id}`)
  })

  test('opens with its button; arrows move the active option; Escape returns the focus', async () => {
    const reader = await open('/home')
    const button = reader.page.locator('[data-opens=palette]')
    await button.click()
    const field = reader.page.getByRole('combobox')
    const marked = reader.page.locator('#palette [aria-selected=true]')
    await marked.waitFor()
    const first = await marked.getAttribute('id')
    await press(reader, 'ArrowDown')
    await eventually(() => marked.count()).toBe(1)
    await eventually(() => marked.getAttribute('id')).not.toBe(first)
    await eventually(() => field.getAttribute('aria-activedescendant')).toBe(await marked.getAttribute('id'))
    await press(reader, 'End', 'ArrowDown')
    await eventually(() => marked.getAttribute('id')).toBe(first)
    await press(reader, 'Escape')
    await eventually(() => reader.page.locator('#palette[open]').count()).toBe(0)
    await eventually(() => button.evaluate('document.activeElement.dataset.opens')).toBe('palette')
  })

  test('runs the actions of the page’s task in place', async () => {
    const id = await server.newTask({ title: 'to retry' })
    await server.api('POST', `/api/tasks/${id}/cancel`)
    const reader = await open(`/tasks/${id}`)
    await press(reader, 'Control+k')
    await reader.page.keyboard.type('retry')
    await press(reader, 'Enter')
    await eventually(() => server.stateOf(id)).toBe('queued')
    await eventually(() => reader.page.locator('.detail-head').textContent()).toMatch(/queued/i)
    await eventually(() => reader.page.locator('#palette[open]').count()).toBe(0)
  })
})

describe('keys', () => {
  test('open pages, and are ignored while typing', async () => {
    const reader = await open()
    await press(reader, 'g', 'w')
    await eventually(() => pathOf(reader)).toBe('/workers')
    await reader.isLive()
    await press(reader, 'g', 't')
    await eventually(() => pathOf(reader)).toBe('/tasks')
    await reader.isLive()
    await press(reader, '/')
    await reader.page.keyboard.type('g w ? x')
    await eventually(() => reader.page.locator('main [name=q]').inputValue()).toBe('g w ? x')
    expect(pathOf(reader)).toBe('/tasks')
  })

  test('move between rows, select, open the actions and the row', async () => {
    const reader = await open()
    await press(reader, 'j')
    await eventually(() => focused(reader)).toBe('three')
    await press(reader, 'j', 'j', 'k')
    await eventually(() => focused(reader)).toBe('two')
    await press(reader, 'x')
    await eventually(() => reader.page.locator('selection-bar [data-count-text]').first().textContent()).toMatch(/^1/)
    await press(reader, 'x', '.')
    await eventually(() => focused(reader)).toBe('Cancel')
    await press(reader, 'Escape', 'k')
    await eventually(() => focused(reader)).toBe('three')
    await press(reader, 'Enter')
    await eventually(() => pathOf(reader)).toMatch(/^\/tasks\/t_/)
  })

  test('pause live updates, switch the theme and create a task', async () => {
    const reader = await open()
    await press(reader, 'p')
    await eventually(() => reader.status.textContent()).toMatch(/Paused/)
    await press(reader, 'p')
    await reader.isLive()
    const before = await reader.page.locator('html').getAttribute('data-theme')
    await press(reader, 't')
    await eventually(() => reader.page.locator('html').getAttribute('data-theme')).not.toBe(before)
    await press(reader, 'c')
    await eventually(() => reader.page.evaluate<string>('document.activeElement.name ?? ""')).not.toBe('')
    await eventually(() => reader.newTaskIsOpen()).toBe(true)
  })

  test('are listed by ? and can be switched off there, on every page', async () => {
    const reader = await open()
    await press(reader, '?')
    const box = reader.page.locator('[data-keys-switch]')
    await box.uncheck()
    await press(reader, 'Escape', '?', 'g', 'w')
    await reader.page.goto(`${server.url}/workers`)
    await reader.isLive()
    await press(reader, 'g', 't', '?')
    await eventually(() => reader.page.locator('dialog[open]').count()).toBe(0)
    expect(pathOf(reader)).toBe('/workers')
    await reader.page.locator('[data-opens=keys]').click()
    await box.check()
    await press(reader, 'Escape', 'g', 't')
    await eventually(() => pathOf(reader)).toBe('/tasks')
  })
})

describe('undo', () => {
  test('a cancel is announced with its undo on every page, and can be undone from any', async () => {
    const id = await server.newTask({ title: 'kept after all' })
    const [actor, reader] = [await open(), await open()]
    await actor.cancel(id)
    await eventually(() => reader.row(id).textContent()).toMatch(/Cancelling in \d/)
    await eventually(() => actor.page.locator('.toast').textContent()).toMatch(/will be cancelled/)
    await reader.page.reload()
    await reader.row(id).getByRole('button', { name: 'Undo' }).click()
    await eventually(() => actor.row(id).textContent()).toMatch(/queued/i)
    await eventually(() => server.stateOf(id)).toBe('queued')
  })

  test('by its toast, reached with F6; nothing took the focus before', async () => {
    const id = await server.newTask({ title: 'to delete, or not' })
    const actor = await open()
    await actor.row(id).locator('details.menu > summary').click()
    await actor.row(id).getByRole('button', { name: 'Delete' }).click()
    await actor.page.locator('.toast').waitFor()
    await eventually(() => actor.page.evaluate<boolean>('document.activeElement.closest(".toast") === null')).toBe(true)
    await press(actor, 'F6')
    await eventually(() => focused(actor)).toBe('Undo')
    await press(actor, 'Enter')
    await eventually(() => actor.row(id).textContent()).toMatch(/queued/i)
    await eventually(() => actor.page.locator('.toast').allTextContents()).toEqual([expect.stringContaining('stays as it was')])
  })

  test('a scheduled act survives the death of the server, and takes effect once it is back', async () => {
    await server.down('SIGTERM')
    await server.up({ flags: ['--undo-seconds', '2'] })
    const id = await server.newTask({ title: 'cancelled over a restart' })
    await server.api('POST', `/api/tasks/${id}/cancel`, { grace: 1 })
    await server.down()
    await server.up()
    await eventually(() => server.stateOf(id)).toBe('cancelled')
  })
})

describe('announcements', () => {
  test('a toast disappears by itself, but not under the pointer or focus; at most three are shown', async () => {
    const reader = await open('/tasks', { clock: true })
    const toasts = reader.page.locator('.toast')
    for (const text of ['one', 'two', 'three', 'four']) await reader.tell(text)
    await eventually(() => toasts.count()).toBe(3)
    await toasts.last().hover()
    await reader.windOn(7000)
    await eventually(() => toasts.locator('.toast-words').allTextContents()).toEqual(['four'])
    await reader.page.mouse.move(10, 10)
    await reader.windOn(7000)
    await eventually(() => toasts.count()).toBe(0)
  })

  test('changed counts are announced once in ten seconds, as one sentence', async () => {
    const reader = await open('/home', { clock: true })
    const said = () => reader.page.locator('#announce').textContent()
    const count = (says: string) =>
      reader.page.evaluate(`
      document.querySelector('#nav a[href="/tasks"]').insertAdjacentHTML('beforeend', '<span data-says="${says}" data-mark="waiting" data-count="2"></span>')
      document.dispatchEvent(new CustomEvent('htmx:afterSwap', { detail: { target: document.getElementById('nav') } }))`)
    await count('2 waiting for you')
    await reader.windOn(100)
    await eventually(said).toBe('2 waiting for you')
    await eventually(() => reader.page.title()).toMatch(/^\(2\) /)
    await eventually(() => reader.page.locator('link[rel=icon]').getAttribute('href')).toBe('/favicon-waiting.svg')
    await count('1 failed')
    await reader.windOn(2000)
    await eventually(() => said()).toBe('2 waiting for you')
    await reader.windOn(9000)
    await reader.windOn(100)
    await eventually(said).toBe('2 waiting for you, 1 failed')
  })

  test('copying works without clipboard permission, and is confirmed', async () => {
    const id = await server.newTask({ title: 'copied' })
    const reader = await open(`/tasks/${id}`)
    await reader.page.evaluate(`
      Object.defineProperty(navigator, 'clipboard', { value: undefined })
      document.addEventListener('copy', () => { window.copied = document.activeElement.value })`)
    await reader.page.locator('copy-button button').first().click()
    await eventually(() => reader.page.evaluate('window.copied')).toBe(id)
    await eventually(() => reader.page.locator('#announce').textContent()).toBe('Copied')
  })
})
