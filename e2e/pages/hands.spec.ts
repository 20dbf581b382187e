import type { Route } from 'playwright'
import { test } from 'vitest'
import { answerTo, eventually, PARTIAL } from '../support/dashboard.ts'
import { setUp } from '../support/set-up.ts'

const { server, open } = setUp()

/** Serves the scripts without our callbacks for Idiomorph. */
async function withoutGuards(route: Route) {
  const answer = await answerTo(route)
  const body = (await answer.text()).replaceAll(/\.(?=(before|after)(Node|Attribute)(Morphed|Removed|Updated)=)/g, '.un')
  await route.fulfill({ response: answer, body })
}

test('a row whose menu is open or which is selected is kept and marked; an untouched one changes in place', async () => {
  const [held, chosen, free] = [await server.newTask({ title: 'held' }), await server.newTask({ title: 'chosen' }), await server.newTask({ title: 'free' })]
  const reader = await open()
  await reader.row(chosen).locator('input[type=checkbox]').check()
  await reader.row(held).locator('details.menu > summary').click()

  const late = await server.newTask({ title: 'while one is selected' })
  for (const id of [held, chosen, free]) await server.api('POST', `/api/tasks/${id}/cancel`)

  await eventually(() => reader.row(free).textContent()).toMatch(/cancelled/i)
  await eventually(() => reader.row(held).textContent()).toMatch(/queued/i)
  await eventually(() => reader.row(chosen).textContent()).toMatch(/queued/i)
  await eventually(() => reader.row(held).getAttribute('data-changed')).toBe('')
  await eventually(() => reader.row(free).getAttribute('data-changed')).toBeNull()
  await eventually(() => reader.row(late).count()).toBe(0)

  await reader.row(held).locator('details.menu > summary').click()
  await eventually(() => reader.row(held).textContent()).toMatch(/cancelled/i)
  await eventually(() => reader.row(chosen).textContent()).toMatch(/queued/i)
  await reader.row(chosen).locator('input[type=checkbox]').uncheck()
  await eventually(() => reader.row(chosen).textContent()).toMatch(/cancelled/i)
  await reader.page.locator('.search [name=q]').focus()
  await reader.page.mouse.move(1, 1)
  await reader.row(late).waitFor()
})

test('a selection is counted, survives a refresh, and is acted on after a step to confirm', async () => {
  const ids = [await server.newTask({ title: 'bulk one' }), await server.newTask({ title: 'bulk two' })]
  const reader = await open()
  for (const id of ids) await reader.row(id).locator('input[type=checkbox]').check()
  const bar = reader.page.locator('selection-bar')
  await eventually(() => bar.locator('[data-count-text]').textContent()).toBe('2 selected')
  const other = await server.newTask({ title: 'meanwhile' })
  await server.api('POST', `/api/tasks/${other}/cancel`)
  await eventually(() => reader.asked(PARTIAL)).toBeGreaterThan(0)
  await reader.settled(PARTIAL)
  await eventually(() => bar.locator('[data-count-text]').textContent()).toBe('2 selected')

  await bar.getByRole('button', { name: 'Cancel' }).click()
  await reader.page.getByRole('button', { name: 'Cancel 2 tasks' }).click()
  for (const id of ids) await eventually(() => reader.row(id).textContent()).toMatch(/cancelled/i)
  await eventually(() => reader.row(other).count()).toBe(1)
})

test('a save over someone else’s edit is refused with a message, keeps the text, and can be repeated', async () => {
  const id = await server.newTask({ title: 'described by two' })
  const writer = await open(`/tasks/${id}`)
  const text = writer.page.locator('textarea[name=description]')
  const description = async () => (await server.api('GET', `/api/tasks/${id}`)).json.item.description
  await writer.page.getByText('Add a description').click()
  await text.fill('mine')
  const { version } = (await server.api('GET', `/api/tasks/${id}`)).json.item
  await server.api('POST', `/api/tasks/${id}/description`, { description: 'theirs', version })
  await eventually(() => writer.page.locator('.description').textContent()).toBe('theirs')
  await eventually(() => text.inputValue()).toBe('mine')

  await writer.page.getByRole('button', { name: 'Save' }).click()
  await eventually(() => writer.page.locator('[data-toasts]').textContent()).not.toBe('')
  await eventually(() => description()).toBe('theirs')
  await eventually(() => text.inputValue()).toBe('mine')

  await writer.settled(new RegExp(`/ui/tasks/${id}$`))
  await writer.page.getByRole('button', { name: 'Save' }).click()
  await eventually(description).toBe('mine')
  await eventually(() => writer.page.locator('.description').textContent()).toBe('mine')
})

for (const { guards, kept, title } of [
  { guards: true, kept: 'not yet saved', title: 'a half-written text survives a refresh' },
  { guards: false, kept: 'theirs', title: 'and would be lost without the guards' },
]) {
  test(title, async () => {
    const id = await server.newTask({ title: 'edited while it changes', description: 'before' })
    const { page } = await open(`/tasks/${id}`)
    if (!guards) {
      await page.route('**/telltale.js', withoutGuards)
      await page.reload()
    }
    await page.getByText('Edit', { exact: true }).click()
    await page.locator('textarea[name=description]').fill('not yet saved')
    await page.locator('h1').first().click()
    const { version } = (await server.api('GET', `/api/tasks/${id}`)).json.item
    await server.api('POST', `/api/tasks/${id}/description`, { description: 'theirs', version })
    await eventually(() => page.locator('.description').textContent()).toBe('theirs')
    await eventually(() => page.locator('textarea[name=description]').inputValue()).toBe(kept)
  })
}

test('a page of an older build adopts the new styles and views without a reload, and keeps typed text', async () => {
  const reader = await open()
  const { page } = reader
  await page.route(
    '**/tasks',
    async (route) => {
      const answer = await answerTo(route)
      const old = (await answer.text())
        .replace(/(<meta name="build" content=")[^"]*/, '$1older')
        .replace(/\/assets\/[^/]+\/telltale\.css/, '/assets/older/telltale.css')
        .replace('Search: state', 'Formerly: state')
      await route.fulfill({ response: answer, body: old })
    },
    { times: 1 },
  )
  await page.goto(`${server.url}/tasks`)
  await page.evaluate('window.sameDocument = true')
  await page.locator('.search [name=q]').fill('half-typed')
  await eventually(() => page.locator('meta[name=build]').getAttribute('content')).not.toBe('older')
  await eventually(() => page.locator('link[href*="/older/"]').count()).toBe(0)
  await eventually(() => page.locator('link[href$="/telltale.css"]').count()).toBe(1)
  await eventually(() => page.locator('.search [name=q]').getAttribute('placeholder')).toMatch(/^Search: state/)
  await eventually(() => page.locator('.search [name=q]').inputValue()).toBe('half-typed')
  await eventually(() => page.evaluate('window.sameDocument')).toBe(true)
})
