import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Browser, BrowserContext, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launch } from './support/browser.ts'
import { pages, type Scene, stage } from './support/scenes.ts'
import { Server } from './support/server.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const NARROW = { width: 390, height: 844 }
const WIDE = { width: 1440, height: 900 }
/** What a window of 1440 px is to a page at 200 %. */
const ZOOMED = { width: 720, height: 450 }

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser?.close())

/** What axe finds on the page as it is, in words: rule and place. */
async function faultsOf(page: Page): Promise<string[]> {
  await page.evaluate(AXE)
  const { violations } = (await page.evaluate('axe.run(document, { resultTypes: ["violations"] })')) as AxeResults
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary?.split('\n')[1]?.trim()}`))
}

test('axe finds what is wrong with a page, so that finding nothing means something', async () => {
  const page = await browser.newPage()
  await page.setContent('<html><body><img src="x"><p style="color:#bbb">pale</p></body></html>')
  expect((await faultsOf(page)).map((fault) => fault.split(':')[0])).toEqual(expect.arrayContaining(['image-alt', 'color-contrast', 'html-has-lang']))
  await page.close()
})

describe.each(['empty', 'few', 'long'] as const)('with %s', (scene: Scene) => {
  let server: Server
  let context: BrowserContext
  let page: Page
  const reports: string[] = []

  beforeAll(async () => {
    server = await Server.start({ workers: 1 })
    await stage(server, scene)
    context = await browser.newContext()
    page = await context.newPage()
    page.on('console', (message) => /Content.Security.Policy|TrustedHTML|Refused to/i.test(message.text()) && reports.push(`${page.url()} ${message.text()}`))
    await page.goto(await server.link())
    await page.waitForURL('**/home')
  }, 90_000)
  afterAll(async () => {
    await context?.close()
    await server?.stop()
  })

  test.each(['light', 'dark'] as const)('axe finds nothing on any page in its %s theme', { timeout: 120_000 }, async (colorScheme) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.setViewportSize(WIDE)
    const faults: string[] = []
    for (const path of pages(scene)) {
      const answer = await page.goto(server.url + path)
      if (!path.endsWith('nowhere')) expect({ path, status: answer?.status() }).toEqual({ path, status: 200 })
      for (const fault of await faultsOf(page)) faults.push(`${path} ${fault}`)
    }
    expect(faults).toEqual([])
  })

  test('nothing scrolls sideways at 390 px, or at 200 % zoom, and what one touches is 44 px', { timeout: 120_000 }, async () => {
    const touch = await browser.newContext({ hasTouch: true, isMobile: true, storageState: await context.storageState() })
    const phone = await touch.newPage()
    const faults: string[] = []
    for (const path of pages(scene)) {
      for (const viewport of [ZOOMED, NARROW]) {
        await phone.setViewportSize(viewport)
        await phone.goto(server.url + path)
        const over = await phone.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth')
        if (over) faults.push(`${path} scrolls sideways by ${over} px at ${viewport.width} px`)
      }
      for (const small of await phone.evaluate<string[]>(SMALL_TARGETS)) faults.push(`${path} ${small}`)
    }
    expect(faults).toEqual([])
    await touch.close()
  })

  test('no page breaks its own security policy', () => {
    expect(reports).toEqual([])
  })
})

/** Visible controls below 44 px each way, except links within text (WCAG 2.5.8 and 2.5.5, with their exception). */
const SMALL_TARGETS = `[...document.querySelectorAll('button, summary, input:not([type=hidden]), select, textarea, nav a, [role=tab]')].flatMap((element) => {
  const label = element.closest('label')
  const { width, height } = (label ?? element).getBoundingClientRect()
  const visible = element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && width > 1 && height > 1
  return visible && (height < 43.5 || width < 24) ? [\`\${element.tagName.toLowerCase()}.\${element.className} "\${element.textContent.trim().slice(0, 30)}" \${Math.round(width)}×\${Math.round(height)}\`] : []
})`
