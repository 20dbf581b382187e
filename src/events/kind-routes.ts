import { z } from 'zod'
import { kindsPage } from '../../views/events/kinds.tsx'
import { inZone } from '../../views/ui/zone.ts'
import { snapshot } from '../db/index.ts'
import { json, page } from '../http/answer.ts'
import { viewerOf } from '../http/respond.ts'
import { type Route, route } from '../http/route.ts'
import { KindsFilter, reference, samples } from './kinds.ts'

const TITLE = 'Event kinds'

/** The reference of kinds, for people and for programs. */
export const kindRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/events/kinds',
    summary: TITLE,
    may: 'read',
    query: KindsFilter,
    answer: page('Each kind with its fields and its newest event'),
    async run({ app, c, query }) {
      const list = await snapshot(app.db, (db) => samples(db, app.kinds, query))
      const viewer = viewerOf(app, c)
      return app.bare(
        c,
        TITLE,
        inZone(viewer.zone, () => kindsPage(list, query, viewer)),
      )
    },
  }),
  route({
    method: 'GET',
    path: '/api/kinds',
    summary: 'List the kinds of events',
    may: 'read',
    answer: json(z.object({ items: z.array(z.looseObject({ kind: z.string() })) }), { says: 'The kinds with their fields' }),
    run: ({ app, c }) => c.json({ items: reference(app.kinds) }),
  }),
]
