import { z } from 'zod'
import { keySheet } from '../../views/palette/keys.tsx'
import { paletteFound, palettePage } from '../../views/palette.tsx'
import { snapshot } from '../db/index.ts'
import { page, partial } from '../http/answer.ts'
import { viewerOf } from '../http/respond.ts'
import { type Call, type Route, route } from '../http/route.ts'
import { sidebarOf } from '../http/shell/sidebar.ts'
import type { Panel } from '../http/slice.ts'
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
export const routes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/ui/palette',
    summary: 'Find a page, task, worker or command',
    may: 'read',
    query: PaletteQuery,
    answer: partial('The choices'),
    example: { query: { q: 'tasks' } },
    run: async (call) => call.c.html(paletteFound(await found(call), viewerOf(call.app, call.c)), 200, { 'Cache-Control': 'no-store' }),
  }),
  route({
    method: 'GET',
    path: '/palette',
    summary: 'Commands',
    may: 'read',
    query: PaletteQuery,
    answer: page('The choices, and the keys'),
    example: { query: { q: 'tasks' } },
    run: async (call) => call.app.bare(call.c, 'Commands', palettePage(await found(call), viewerOf(call.app, call.c))),
  }),
  route({
    method: 'GET',
    path: '/ui/keys',
    summary: 'Keyboard shortcuts',
    may: 'read',
    answer: partial('The keys'),
    run: ({ app, c }) => c.html(keySheet(viewerOf(app, c)), 200, { 'Cache-Control': 'no-store' }),
  }),
]

async function found({ app, c, query: { q, at } }: Call<never, z.infer<typeof PaletteQuery>>): Promise<Found & { at: string }> {
  const { may, now, zone } = viewerOf(app, c)
  return {
    at,
    ...(await snapshot(app.db, async (db) => find(db, q, { at, now, zone, may, places: placesOf(app.panels, (await sidebarOf(app.panels, db)).links) }))),
  }
}

/** The sidebar's entries, and the links below them. */
function placesOf(panels: readonly Panel[], links: Record<string, readonly { title: string; href: string }[]>): Place[] {
  const pages = panels.map(({ name, title }): Place => ({ name, title, href: `/${name}` }))
  const views = panels.flatMap(({ name }) => (links[name] ?? []).map((link): Place => ({ name, ...link, isView: true })))
  return [...pages, ...views, { name: 'api', title: 'API', href: '/api' }]
}
