import { expect, test } from 'vitest'
import { eventually } from '../../support/dashboard.ts'
import { setUp } from '../../support/set-up.ts'

const LIST = /\/ui\/tasks\?/

const { server, open } = setUp({ workers: 1 })

test('the search box finds tasks by what they printed, and its rows stay live while it is not searched again', async () => {
  const failed = await server.newTask({ title: 'deploys', command: 'echo "ERROR refused"" by db-7"; exit 3' })
  const fine = await server.newTask({ title: 'backs up', command: 'echo starting; echo "db-7 is saved"' })
  for (const [id, state] of [
    [failed, 'failed'],
    [fine, 'succeeded'],
  ] as const)
    await eventually(() => server.stateOf(id)).toBe(state)
  const reader = await open('/tasks')
  const box = reader.page.locator('#tasks-search')
  const rows = () => reader.page.locator('.tasks-table .row-more').allTextContents()

  await box.fill('"refused by"')
  await box.press('Enter')
  await eventually(rows).toEqual(['printed: ERROR refused by db-7'])

  await box.fill('log:db-7')
  await box.press('Enter')
  await eventually(rows).toEqual(['printed: db-7 is saved', 'printed: ERROR refused by db-7'])
  const how = await reader.page.locator('#tasks-looked p').textContent()
  expect(how).toMatch(/^Looked through the logs of all 2 tasks, as of \d\d:\d\d\.$/)

  const asked = reader.asked(LIST)
  const later = await server.newTask({ title: 'comes later', command: 'echo db-7 again' })
  await eventually(() => server.stateOf(later)).toBe('succeeded')
  await eventually(() => reader.asked(LIST)).toBeGreaterThan(asked)
  await reader.settled(LIST)
  expect(await rows()).toHaveLength(2)
  await reader.page.getByRole('link', { name: 'Search again' }).click()
  await eventually(rows).toHaveLength(3)
})
