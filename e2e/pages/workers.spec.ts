import { test } from 'vitest'
import { eventually } from '../support/dashboard.ts'
import { setUp } from '../support/set-up.ts'

const { server, open } = setUp()

test('a worker launched on the page runs what waits, in every open page, and is drained from there', async () => {
  const id = await server.newTask({ title: 'waits for a worker', command: 'echo done' })
  const [operator, tasks] = [await open('/workers'), await open()]
  const { page } = operator
  await page.locator('#workers-head summary').first().click()
  await page.locator('#worker-form [name=name]').fill('made by hand')
  await page.getByRole('button', { name: 'Launch', exact: true }).click()

  const row = page.locator('#workers tbody tr', { hasText: 'made by hand' })
  await row.waitFor()
  await eventually(() => tasks.row(id).textContent()).toMatch(/succeeded/i)
  await eventually(() => row.textContent()).toMatch(/idle/i)

  await row.locator('details.menu > summary').click()
  await row.getByRole('button', { name: 'Drain' }).click()
  await eventually(() => row.textContent()).toMatch(/stopped/i)
})
