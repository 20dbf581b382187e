import type { Context } from 'hono'
import { z } from 'zod'
import { accessPage } from '../../views/settings/access.tsx'
import { type DataProps, dataPage } from '../../views/settings/data.tsx'
import { designPage } from '../../views/settings/design.tsx'
import { inZone } from '../../views/ui/zone.ts'
import { events as access } from '../access/events.ts'
import * as secrets from '../access/kept-secrets.ts'
import * as sessions from '../access/sessions.ts'
import * as tokens from '../access/tokens.ts'
import { json, one, page } from '../http/answer.ts'
import { keepPreferences, Preferences } from '../http/preferences.ts'
import { callerOf, done, isPlainForm, viewerOf } from '../http/respond.ts'
import { type Route, route } from '../http/route.ts'
import type { Site } from '../http/site.ts'
import type { Env } from '../http/slice.ts'
import type { App } from '../live/app.ts'
import * as log from '../log/log.ts'
import type { Sentence } from '../log/sentence.ts'
import { dataState } from './data.ts'
import { changeRetention, NewRetention } from './retention.ts'

const DATA = 'Data'

export const routes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/settings/preferences',
    summary: 'Set the preferences of this browser',
    may: 'read',
    body: Preferences,
    answer: json(z.object({ item: z.record(z.string(), z.unknown()) }), { says: 'The preferences, which cookies keep' }),
    example: { body: { theme: 'dark', density: 'compact', keys: 'on' } },
    run({ c, body }) {
      keepPreferences(c, body)
      return isPlainForm(c) ? c.redirect('/settings?kept=1', 303) : c.json({ item: body })
    },
  }),
  route({
    method: 'GET',
    path: '/settings/access',
    summary: 'Sign-in and tokens',
    may: 'tokens.manage',
    answer: page('Sessions, tokens and their changes'),
    async run({ app, c }) {
      const [open, issued, kept] = [await sessions.list(app), await tokens.list(app), await secrets.list(app)]
      const changes = await accessChanges(app)
      const viewer = viewerOf(app, c)
      const body = inZone(viewer.zone, () => accessPage({ sessions: open, tokens: issued, secrets: kept, changes, own: sessions.idOf(c.get('actor')), viewer }))
      return app.bare(c, 'Sign-in and tokens', body)
    },
  }),
  route({
    method: 'GET',
    path: '/settings/data',
    summary: 'Data',
    may: 'read',
    answer: page('What is stored, and for how long'),
    run: async ({ app, c }) => app.bare(c, DATA, await showData(app, c, { isSaved: c.req.query('saved') !== undefined })),
  }),
  route({
    method: 'POST',
    path: '/settings/data',
    summary: 'Set how long data is kept',
    may: 'settings.manage',
    body: NewRetention,
    answer: one('The settings'),
    form: { title: DATA, again: ({ app, c }, { problem: _, ...form }) => showData(app, c, { form }) },
    example: { body: { 'keep-tasks': '90d', 'keep-logs': '30d', 'keep-events': '90d', 'max-data': '10GB' } },
    run: async ({ app, c, body }) => done(app, c, await changeRetention(app, await callerOf(c), body), { location: '/settings/data?saved' }),
  }),
  route({
    method: 'GET',
    path: '/settings/design',
    summary: 'Design',
    may: 'read',
    answer: page('Every part of the interface'),
    run({ app, c }) {
      const viewer = viewerOf(app, c)
      const body = inZone(viewer.zone, () => designPage(viewer))
      return app.bare(c, 'Design', body, { bundles: ['detail', 'task'] })
    },
  }),
]

async function showData(app: App, c: Context<Env>, shown: Pick<DataProps, 'form' | 'isSaved'>): Promise<string> {
  const viewer = viewerOf(app, c)
  const state = await dataState(app)
  return inZone(viewer.zone, () => dataPage({ state, viewer, ...shown }))
}

const CHANGES = 20

async function accessChanges(app: Site): Promise<Sentence[]> {
  const span = { since: 0, before: Number.POSITIVE_INFINITY, order: 'desc', limit: CHANGES } as const
  return (await log.windowOf(app.db, { kinds: [access.changed.name] }, span)).map(app.sentence)
}
