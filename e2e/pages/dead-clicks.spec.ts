import { expect, test } from 'vitest'
import { eventually } from '../support/dashboard.ts'
import { setUp } from '../support/set-up.ts'

const DEAD_MS = 600

const { server, open } = setUp({ flags: ['--undo-seconds', '600'] })

test('a click where Cancel was does nothing for a moment; afterwards it reaches what is there', async () => {
  const ids = []
  for (let i = 1; i <= 8; i++) ids.push(await server.newTask({ title: `row ${i}` }))
  const reader = await open('/tasks', { clock: true })
  const { page } = reader
  const id = ids.at(-1) as string
  await reader.row(id).locator('details.menu > summary').click()
  const box = await reader.row(id).getByRole('button', { name: 'Cancel' }).boundingBox()
  if (!box) throw new Error('there is no Cancel')
  const press = () => page.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
  await press()
  await eventually(() => reader.row(id).textContent()).toMatch(/cancelling/i)
  await press()
  await reader.settled(/\/ui\//)
  expect(new URL(page.url()).pathname).toBe('/tasks')
  expect(await page.locator('details.menu[open]').count()).toBe(0)
  await reader.windOn(DEAD_MS)
  await press()
  await eventually(() => new URL(page.url()).pathname).toMatch(/^\/tasks\/t_/)
})

test('Delete is never where Cancel was', async () => {
  await server.launch('runs')
  const gate = server.gate('end')
  const id = await server.newTask({ title: 'runs', queue: 'runs', command: gate.wait })
  const reader = await open()
  const row = reader.row(id)
  await eventually(() => row.textContent()).toMatch(/running/i)
  await row.locator('details.menu > summary').click()
  const cancel = await row.getByRole('button', { name: 'Cancel' }).boundingBox()
  gate.open()
  await eventually(() => server.stateOf(id)).toBe('succeeded')
  await row.locator('details.menu > summary').click()
  await eventually(() => row.textContent()).toMatch(/succeeded/i)
  await row.locator('details.menu > summary').click()
  const remove = await row.getByRole('button', { name: 'Delete' }).boundingBox()
  expect(remove?.y).toBeGreaterThan((cancel?.y ?? Number.POSITIVE_INFINITY) + 10)
})
