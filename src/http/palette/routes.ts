import { z } from 'zod'
import type { Found } from '../../../views/palette/choice.tsx'
import { keySheet } from '../../../views/palette/keys.tsx'
import { shortcuts } from '../../../views/palette/shortcuts.ts'
import { paletteFound, palettePage } from '../../../views/palette.tsx'
import { snapshot } from '../../db/index.ts'
import { page, partial } from '../answer.ts'
import { viewerOf } from '../respond.ts'
import { type Call, type Route, route } from '../route.ts'
import type { Site } from '../site.ts'
import { find, placeholderOf } from './palette.ts'

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
    summary: 'Find a page, a thing or a command',
    may: 'read',
    query: PaletteQuery,
    answer: partial('The choices'),
    example: { query: { q: 'pause' } },
    run: async (call) => call.c.html(paletteFound(await found(call)), 200, { 'Cache-Control': 'no-store' }),
  }),
  route({
    method: 'GET',
    path: '/palette',
    summary: 'Commands',
    may: 'read',
    query: PaletteQuery,
    answer: page('The choices, and the keys'),
    example: { query: { q: 'pause' } },
    async run(call) {
      const { app, c, query } = call
      const shown = { ...(await found(call)), at: query.at, placeholder: placeholderOf(app.slices), keys: shortcutsOf(app) }
      return app.bare(c, 'Commands', palettePage(shown, viewerOf(app, c)))
    },
  }),
  route({
    method: 'GET',
    path: '/ui/keys',
    summary: 'Keyboard shortcuts',
    may: 'read',
    answer: partial('The keys'),
    run: ({ app, c }) => c.html(keySheet(shortcutsOf(app), viewerOf(app, c)), 200, { 'Cache-Control': 'no-store' }),
  }),
]

const found = ({ app, c, query: { q, at } }: Call<never, z.infer<typeof PaletteQuery>>): Promise<Found> =>
  snapshot(q ? app.database.pool : app.db, (db) => find(db, app.slices, q, { at, viewer: viewerOf(app, c) }))

function shortcutsOf({ slices }: Site) {
  const pages = slices.flatMap(({ key, title }) => (key ? [{ key, title, isEverywhere: true }] : []))
  return shortcuts(
    pages,
    slices.flatMap(({ keys = [] }) => keys),
  )
}
