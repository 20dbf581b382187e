import { expect, test } from 'vitest'
import { eventually } from '../support/dashboard.ts'
import { setUp } from '../support/set-up.ts'

const { server, open } = setUp({ workers: 1 })

test('the first task is run on Home, and its output arrives on the page that opens', async () => {
  const { page } = await open('/home')
  await eventually(() => page.locator('.first-steps > p').textContent()).toMatch(/Worker\s+w_1\s+is online and runs what you type\s+in\s+\/.+\./)
  await eventually(() => page.evaluate('document.activeElement.name')).toBe('command')
  await page.keyboard.press('Enter')
  await page.waitForURL('**/tasks/t_1')
  await eventually(() => page.locator('.log').textContent()).toContain('step 3')
  expect(await server.stateOf('t_1')).toMatch(/running|succeeded/)
})
