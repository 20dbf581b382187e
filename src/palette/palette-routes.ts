import type { Context } from 'hono'
import { z } from 'zod'
import { keySheet } from '../../views/keys.tsx'
import { paletteFound, palettePage } from '../../views/palette.tsx'
import { snapshot } from '../db/index.ts'
import { parseQuery } from '../http/body.ts'
import type { Env, Panel, Router } from '../http/panel.ts'
import { mustBeAllowed, viewerOf } from '../http/respond.ts'
import { sidebarOf } from '../http/sidebar.ts'
import type { App } from '../live/app.ts'
import { type Found, find, type Place } from './palette.ts'

const PaletteQuery = z.object({
  q: z.string().trim().max(200).default(''),
  /** The path of the page that it was opened on: its commands come first. */
  at: z
    .string()
    .max(500)
    .default('')
    .transform((path) => path.split(/[?#]/, 1)[0] ?? ''),
})

/** The command palette: its results for the dialog, and the same as a page of links and forms; and the sheet of keys. */
export function mountPalette(router: Router, app: App, panels: readonly Panel[]) {
  const found = async (c: Context<Env>): Promise<Found & { at: string }> => {
    mustBeAllowed(c, 'read')
    const { q, at } = parseQuery(c, PaletteQuery)
    const { may, now, zone } = viewerOf(app, c)
    return { at, ...(await snapshot(app.db, async (db) => find(db, q, { at, now, zone, may, places: placesOf(panels, (await sidebarOf(panels, db)).links) }))) }
  }
  router.get('/ui/palette', async (c) => c.html(paletteFound(await found(c), viewerOf(app, c)), 200, { 'Cache-Control': 'no-store' }))
  router.get('/palette', async (c) => app.bare(c, 'Commands', palettePage(await found(c), viewerOf(app, c))))
  router.get('/ui/keys', (c) => {
    mustBeAllowed(c, 'read')
    return c.html(keySheet(viewerOf(app, c)), 200, { 'Cache-Control': 'no-store' })
  })
}

/** The sidebar's entries, and the links below them. */
function placesOf(panels: readonly Panel[], links: Record<string, readonly { title: string; href: string }[]>): Place[] {
  const pages = panels.map(({ name, title }): Place => ({ name, title, href: `/${name}` }))
  const views = panels.flatMap(({ name }) => (links[name] ?? []).map((link): Place => ({ name, ...link, isView: true })))
  return [...pages, ...views]
}
