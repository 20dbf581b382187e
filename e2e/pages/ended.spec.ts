import { expect, test } from 'vitest'
import { eventually } from '../support/dashboard.ts'
import { setUp } from '../support/set-up.ts'

// The longest possible lease, so that a slow machine does not lose the task.
const { server, open } = setUp({ flags: ['--lease-ms', '600000'] })
const post = async (path: string, body: object = {}) => (await server.api('POST', path, body)).json

test('progress moves on the open page and row, without another fetch', async () => {
  await post('/api/workers', { name: 'far', queues: ['special'] })
  const id = await server.newTask({ title: 'Copy the archive', queue: 'special' })
  const { fence } = await post('/api/tasks/claim', { worker_id: 'w_1' })
  await post(`/api/tasks/${id}/run`, { worker_id: 'w_1', fence })
  const [list, item] = [await open('/tasks'), await open(`/tasks/${id}`)]
  const words = ({ page }: typeof list) => page.locator(`task-progress[data-task="${id}"] .progress-words`).textContent()
  for (const each of [list, item]) await each.settled(/\/ui\/tasks/)
  const before = [list.asked(/\/ui\/tasks/), item.asked(/\/ui\/tasks/)]
  await post(`/api/tasks/${id}/heartbeat`, { worker_id: 'w_1', fence, progress: { done: 40, total: 100 } })
  for (const each of [list, item]) await eventually(() => words(each)).toBe('40 of 100')
  expect([list.asked(/\/ui\/tasks/), item.asked(/\/ui\/tasks/)]).toEqual(before)
  await item.page.reload()
  await eventually(() => words(item)).toBe('40 of 100')
})

test('the page of a deleted task says so, and its clocks stop', async () => {
  const id = await server.newTask({ title: 'Soon gone' })
  const { page } = await open(`/tasks/${id}`)
  await page.locator('summary[aria-label="More actions"]').click()
  await page.getByRole('button', { name: 'Delete' }).click()
  await page
    .getByText(/Deleting/)
    .first()
    .waitFor()
  await eventually(() => page.locator('main h2').first().textContent()).toBe('Deleted')
  await eventually(() => page.locator('.panel time').count()).toBe(0)
  await page.getByRole('link', { name: 'Back to the list' }).click()
  await page.waitForURL('**/tasks')
})

test('a worker is shown as stopping, with a clock, until it says goodbye, even after a reload', async () => {
  const { item } = await post('/api/workers', { name: 'leaving', queues: ['none'], pid: 4012 })
  const [list, own] = [await open('/workers', { reducedMotion: 'no-preference' }), await open(`/workers/${item.id}`)]
  await post(`/api/workers/${item.id}/stop`)
  const row = list.page.locator('#workers tbody tr', { hasText: 'leaving' })
  const why = own.page.locator('.why')
  await eventually(() => row.textContent()).toMatch(/Stopping/)
  await eventually(() => why.textContent()).toMatch(/Stopping for/)
  await own.page.reload()
  await eventually(() => why.textContent()).toMatch(/Stopping for\s+00:/)
  expect(
    await own.page
      .locator('.badge .icon')
      .first()
      .evaluate((icon) => icon.getAnimations().length),
  ).toBe(0)
  await post(`/api/workers/${item.id}/goodbye`)
  await eventually(() => row.textContent()).toMatch(/Stopped/)
  await eventually(() => why.textContent()).toMatch(/^\s*Stopped by owner/)
  await eventually(() => own.page.locator('main time[data-elapsed]').count()).toBe(0)
})
