import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { launch } from './support/browser.ts'
import { pages, SCENES, type Scene, stage } from './support/scenes.ts'
import { Server } from './support/server.ts'

const FOLDER = 'screenshots'
const THEMES = ['light', 'dark'] as const
const SIZES = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
]

/**
 * `npm run screenshots [-- SCENE…]`: every page in every scene, light and dark, wide and narrow, into `screenshots/`.
 * A page that scrolls sideways is named, because nobody notices that on a picture.
 */
const wanted = process.argv.slice(2)
const browser = await launch()
for (const scene of SCENES.filter((scene) => wanted.length === 0 || wanted.includes(scene))) await shoot(scene)
await browser.close()

async function shoot(scene: Scene) {
  const server = await Server.start({ workers: 1 })
  try {
    await stage(server, scene)
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(await server.link())
    await page.waitForURL('**/home')
    mkdirSync(join(FOLDER, scene), { recursive: true })
    for (const path of pages(scene)) {
      for (const colorScheme of THEMES) {
        for (const size of SIZES) {
          await page.emulateMedia({ colorScheme })
          await page.setViewportSize(size)
          await page.goto(server.url + path)
          await page.evaluate('document.fonts.ready')
          const name = `${path.slice(1).replace(/[^a-z0-9_]+/gi, '-')}.${colorScheme}.${size.width}.png`
          await page.screenshot({ path: join(FOLDER, scene, name) })
          const over = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
          if (over) console.log(`${scene} ${path} at ${size.width} px scrolls sideways by ${over} px`)
        }
      }
    }
    await context.close()
    console.log(`${scene}: ${pages(scene).length * THEMES.length * SIZES.length} screenshots`)
  } finally {
    await server.stop()
  }
}
