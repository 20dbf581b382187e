import { expect, test } from 'vitest'
import { eventually } from '../support/dashboard.ts'
import { setUp } from '../support/set-up.ts'

const { server, signIn } = setUp({ flags: ['--undo-seconds', '600'] })

const codeIn = (link: string) => link.slice(link.indexOf('#') + 1)

test('without script: sign in by the code', async () => {
  const page = await signIn(codeIn(await server.link()))
  await eventually(() => new URL(page.url()).pathname).toBe('/home')
})

test('without script: a used code is reported, with how to get another', async () => {
  const code = codeIn(await server.link())
  await signIn(code)
  const page = await signIn(code)
  await eventually(() => page.textContent('body')).toMatch(/telltale open/)
  await page.goto(`${server.url}/tasks`)
  await eventually(() => page.locator('#tasks').count()).toBe(0)
})

test('without script: a task is created, and the page shows that it is not live', async () => {
  const page = await signIn(await server.link())
  await page.goto(`${server.url}/tasks`)
  await eventually(() => page.textContent('body')).toMatch(/JavaScript is off/)
  await page.locator('.topbar-new').click()
  await page.locator('#task-form [name=title]').fill('made without script')
  await page.locator('#task-form [name=command]').fill('true')
  await page.locator('#task-form button[type=submit]').last().click()
  await page.getByRole('link', { name: 'made without script' }).click()
  await eventually(() => page.textContent('h1')).toContain('made without script')
})

test('without script: a refused form is shown with its errors and the typed values', async () => {
  const page = await signIn(await server.link())
  await page.goto(`${server.url}/tasks`)
  await page.locator('.topbar-new').click()
  await page.locator('#task-form [name=title]').fill('kept as typed')
  await page.locator('#task-form [name=command]').fill('true')
  await page.locator('#task-form [name=queue]').first().fill('no such/queue')
  const [answer] = await Promise.all([
    page.waitForResponse((response) => response.request().method() === 'POST'),
    page.locator('#task-form button[type=submit]').last().click(),
  ])
  expect(answer.status()).toBe(422)
  await eventually(() => page.locator('#task-form [name=title]').inputValue()).toBe('kept as typed')
  await eventually(() => page.locator('#task-form .field-problem').textContent()).toMatch(/queue name/)
})

test('without script: filter, open the next page, and cancel', async () => {
  await server.newTask({ title: 'in another queue' })
  for (let i = 1; i <= 60; i++) await server.newTask({ title: `plain ${i}`, queue: 'plain' })
  const page = await signIn(await server.link())
  await page.goto(`${server.url}/tasks?queue=plain`)
  await eventually(() => page.locator('#tasks').textContent()).toContain('plain 60')
  await eventually(() => page.locator('#tasks').textContent()).not.toContain('in another queue')
  await page.locator('#tasks a[href*="before="]').click()
  await eventually(() => page.url()).toContain('queue%3Aplain')
  await eventually(() => page.locator('#tasks').textContent()).toContain('plain 1')

  const id = await server.newTask({ title: 'to be cancelled by hand', queue: 'other' })
  await page.goto(`${server.url}/tasks/${id}`)
  await page.locator(`form[action$="/${id}/cancel"] button`).first().click()
  await eventually(() => page.textContent('main')).toMatch(/cancelling/i)
  await page.getByRole('button', { name: 'Undo' }).click()
  await eventually(() => page.textContent('main')).not.toMatch(/cancelling/i)

  await server.down('SIGTERM')
  await server.up({ flags: ['--undo-seconds', '1'] })
  await page.locator(`form[action$="/${id}/cancel"] button`).first().click()
  await eventually(() => server.stateOf(id)).toBe('cancelled')
})
