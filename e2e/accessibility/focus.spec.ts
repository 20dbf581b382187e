import { beforeAll, expect, test } from 'vitest'
import { faultsAlong } from '../support/focus.ts'
import { FIXED, pages, stage } from '../support/scenes.ts'
import { setUp } from '../support/set-up.ts'

const WIDE = { width: 1280, height: 720 }
const NARROW = { width: 640, height: 360 }

const { server, open } = setUp({ workers: 1 })
beforeAll(() => stage(server, 'few'))

test.each([
  ['1280 by 720', WIDE],
  ['640 by 360', NARROW],
])('in a window of %s the focus is visible at every stop of every page, there and back, and leaves the page at both ends', async (_, viewport) => {
  const { page } = await open('/home', { viewport })
  const faults: string[] = []
  for (const path of [...pages('few'), ...FIXED]) {
    await page.goto(server.url + path)
    for (const fault of await faultsAlong(page)) faults.push(`${path} ${fault}`)
  }
  expect(faults).toEqual([])
})

test('a stop without a ring is found, so that finding none means something', async () => {
  const { page } = await open('/home', { viewport: WIDE })
  await page.evaluate(`
    const sheet = new CSSStyleSheet()
    sheet.replaceSync('a { outline: none !important }')
    document.adoptedStyleSheets = [sheet]`)
  expect(await faultsAlong(page)).toContainEqual(expect.stringMatching(/^“Workers.*” has no ring$/))
})
