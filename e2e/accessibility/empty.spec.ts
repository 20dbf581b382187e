import { expect, onTestFinished, test } from 'vitest'
import { oneBrowser } from '../support/set-up.ts'
import { accessOf, faultsOf } from './access.ts'

accessOf('empty')

test('axe finds what is wrong with a page, so that finding nothing means something', async () => {
  const browser = await oneBrowser()
  onTestFinished(() => browser.close())
  const page = await browser.newPage()
  await page.setContent('<html><body><img src="x"><p style="color:#bbb">pale</p></body></html>')
  const found = async (rules?: 'of colours') => (await faultsOf(page, rules)).map((fault) => fault.split(':')[0])
  expect(await found()).toEqual(expect.arrayContaining(['image-alt', 'color-contrast', 'html-has-lang']))
  expect(await found('of colours')).toEqual(['color-contrast'])
})
