import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright'
import { beforeAll, expect, test } from 'vitest'
import { eventually } from '../support/dashboard.ts'
import { FIXED, pages, type Scene, stage } from '../support/scenes.ts'
import { setUp } from '../support/set-up.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const NARROW = { width: 390, height: 844 }
const WIDE = { width: 1440, height: 900 }
/** The width of a 1440 px window at 200 % zoom. */
const ZOOMED = { width: 720, height: 450 }
/** Long enough for every page on a busy machine. */
const timeout = 400_000

/** Those that will end, such as colours on their way to another theme. */
const UNDER_WAY = 'document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity).length'

/** The violations on the page once nothing moves, each as its rule and place. */
export async function faultsOf(page: Page, rules: 'all' | 'of colours' = 'all'): Promise<string[]> {
  await eventually(() => page.evaluate(UNDER_WAY)).toBe(0)
  if (await page.evaluate('!window.axe')) await page.evaluate(AXE)
  const options = {
    resultTypes: ['violations'],
    ...(rules === 'of colours' && { runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } }),
  }
  const { violations } = (await page.evaluate(`axe.run(document, ${JSON.stringify(options)})`)) as AxeResults
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary?.split('\n')[1]?.trim()}`))
}

/** The tests of one scene. Each scene has a file, so that they run concurrently. */
export function accessOf(scene: Scene) {
  const { server, open } = setUp({ workers: 1 })
  const paths = scene === 'empty' ? [...pages(scene), ...FIXED] : pages(scene)
  beforeAll(() => stage(server, scene))

  test('axe finds nothing on any page in either theme, and none breaks its own security policy', { timeout }, async () => {
    const reader = await open('/home', { viewport: WIDE })
    const { page } = reader
    const faults: string[] = []
    for (const path of paths) {
      await page.emulateMedia({ colorScheme: 'light' })
      const answer = await page.goto(server.url + path)
      if (!path.endsWith('nowhere')) expect({ path, status: answer?.status() }).toEqual({ path, status: 200 })
      for (const fault of await faultsOf(page)) faults.push(`${path} ${fault}`)
      // A theme changes only colours, so the second one needs only these rules.
      await page.emulateMedia({ colorScheme: 'dark' })
      for (const fault of await faultsOf(page, 'of colours')) faults.push(`${path}, dark, ${fault}`)
      expect([path, reader.faults]).toEqual([path, []])
    }
    expect(faults).toEqual([])
  })

  test('no page scrolls sideways at 390 px or 200 % zoom, and touch targets are 44 px', { timeout }, async () => {
    const { page } = await open('/home', { hasTouch: true, isMobile: true })
    const faults: string[] = []
    for (const path of paths) {
      await page.setViewportSize(ZOOMED)
      await page.goto(server.url + path)
      for (const viewport of [ZOOMED, NARROW]) {
        await page.setViewportSize(viewport)
        const over = await page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth')
        if (over) faults.push(`${path} scrolls sideways by ${over} px at ${viewport.width} px`)
      }
      for (const small of await page.evaluate<string[]>(SMALL_TARGETS)) faults.push(`${path} ${small}`)
    }
    expect(faults).toEqual([])
  })
}

/** Visible controls below 44 px each way, except links within text (WCAG 2.5.8 and 2.5.5, with their exception). */
const SMALL_TARGETS = `[...document.querySelectorAll('button, summary, input:not([type=hidden]), select, textarea, nav a, [role=tab]')].flatMap((element) => {
  const label = element.closest('label')
  const { width, height } = (label ?? element).getBoundingClientRect()
  const visible = element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && width > 1 && height > 1
  return visible && (height < 43.5 || width < 24) ? [\`\${element.tagName.toLowerCase()}.\${element.className} "\${element.textContent.trim().slice(0, 30)}" \${Math.round(width)}×\${Math.round(height)}\`] : []
})`
