import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright'
import { launch } from './support/browser.ts'
import { FIXED, pages, SCENES, type Scene, stage } from './support/scenes.ts'
import { Server } from './support/server.ts'

const FOLDER = 'screenshots'
const THEMES = ['light', 'dark'] as const
const SCREENS = [
  { viewport: { width: 1440, height: 900 } },
  { viewport: { width: 1000, height: 800 } },
  { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
]

/**
 * `npm run screenshots [-- SCENE…]`: every page in every scene, light and dark, wide and narrow, into `screenshots/`.
 * A page that scrolls sideways is reported, as a screenshot does not show that.
 */
const wanted = process.argv.slice(2)
const browser = await launch()
for (const scene of SCENES.filter((scene) => wanted.length === 0 || wanted.includes(scene))) await shoot(scene)
await browser.close()

async function shoot(scene: Scene) {
  const paths = [...pages(scene), ...FIXED]
  const server = await Server.start({ workers: 1 })
  try {
    await stage(server, scene)
    mkdirSync(join(FOLDER, scene), { recursive: true })
    for (const screen of SCREENS) {
      const context = await browser.newContext(screen)
      const page = await context.newPage()
      await page.goto(await server.link())
      await page.waitForURL('**/home')
      for (const path of paths) for (const theme of THEMES) await picture(page, server.url, path, scene, theme)
      await context.close()
    }
    console.log(`${scene}: ${paths.length * THEMES.length * SCREENS.length} screenshots`)
  } finally {
    await server.stop()
  }
}

/** The whole page, once it is live. */
async function picture(page: Page, url: string, path: string, scene: Scene, theme: 'light' | 'dark') {
  await page.emulateMedia({ colorScheme: theme })
  await page.goto(url + path)
  if ((await page.locator('#event-bus-status').count()) > 0) await page.locator('#event-bus-status[data-state=live]').waitFor()
  const width = page.viewportSize()?.width
  const name = `${path.slice(1).replace(/[^a-z0-9_]+/gi, '-')}.${theme}.${width}.png`
  await page.screenshot({ path: join(FOLDER, scene, name), fullPage: true })
  const over = await page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth')
  if (over > 0) console.log(`${scene} ${path} at ${width} px scrolls sideways by ${over} px`)
}
