import type { Context } from 'hono'
import { accessPage } from '../../views/settings/access.tsx'
import { type DataProps, dataPage } from '../../views/settings/data.tsx'
import { designPage } from '../../views/settings/design.tsx'
import { inZone } from '../../views/ui/zone.ts'
import { type Sentence, sentence } from '../events/sentences.ts'
import { parseBody, readBody } from '../http/body.ts'
import type { Env, Router } from '../http/panel.ts'
import { keepPreferences, Preferences } from '../http/preferences.ts'
import { callerOf, done, isPlainForm, mustBeAllowed, viewerOf } from '../http/respond.ts'
import * as sessions from '../http/sessions.ts'
import * as tokens from '../http/tokens.ts'
import type { App } from '../live/app.ts'
import { page } from '../live/log.ts'
import { Problem } from '../live/problem.ts'
import { dataState } from './data.ts'
import { changeRetention, NewRetention } from './retention.ts'

/** The pages of Settings: preferences of this browser, sign-in and tokens, data, and the design of the interface. */
export function mountSettings(router: Router, app: App) {
  router.post('/settings/preferences', async (c) => {
    mustBeAllowed(c, 'read')
    const preferences = await parseBody(c, Preferences)
    keepPreferences(c, preferences)
    return isPlainForm(c) ? c.redirect('/settings?kept=1', 303) : c.json({ item: preferences })
  })
  router.get('/settings/access', async (c) => {
    mustBeAllowed(c, 'tokens.manage')
    const [open, issued, changes] = [await sessions.list(app), await tokens.list(app), await accessChanges(app)]
    const viewer = viewerOf(app, c)
    const body = inZone(viewer.zone, () => accessPage({ sessions: open, tokens: issued, changes, own: sessions.idOf(c.get('actor')), viewer }))
    return app.bare(c, 'Sign-in and tokens', body)
  })
  router.get('/settings/data', async (c) => {
    mustBeAllowed(c, 'read')
    return showData(app, c, { isSaved: c.req.query('saved') !== undefined })
  })
  router.post('/settings/data', async (c) => {
    mustBeAllowed(c, 'settings.manage')
    try {
      const mutation = await changeRetention(app, await callerOf(c), await parseBody(c, NewRetention))
      return done(app, c, mutation, { location: '/settings/data?saved' })
    } catch (error) {
      if (!(error instanceof Problem) || !isPlainForm(c)) throw error
      const values = Object.fromEntries(Object.entries(await readBody(c)).map(([name, value]) => [name, String(value)]))
      return showData(app, c, { form: { values, fields: error.fields, message: error.message } })
    }
  })
  router.get('/settings/design', (c) => {
    mustBeAllowed(c, 'read')
    const viewer = viewerOf(app, c)
    return app.bare(
      c,
      'Design',
      inZone(viewer.zone, () => designPage(viewer)),
    )
  })
}

async function showData(app: App, c: Context<Env>, shown: Pick<DataProps, 'form' | 'isSaved'>): Promise<Response> {
  const viewer = viewerOf(app, c)
  const state = await dataState(app)
  const body = inZone(viewer.zone, () => dataPage({ state, viewer, ...shown }))
  return app.bare(c, 'Data', body, shown.form ? 422 : 200)
}

const CHANGES = 20

async function accessChanges(app: App): Promise<Sentence[]> {
  const span = { since: 0, before: Number.POSITIVE_INFINITY, order: 'desc', limit: CHANGES } as const
  return (await page(app.db, { kinds: ['access.changed'] }, span)).map(sentence)
}
