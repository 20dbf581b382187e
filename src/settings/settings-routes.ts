import { accessPage } from '../../views/settings/access.tsx'
import { designPage } from '../../views/settings/design.tsx'
import { inZone } from '../../views/ui/zone.ts'
import { parseBody } from '../http/body.ts'
import type { Router } from '../http/panel.ts'
import { keepPreferences, Preferences } from '../http/preferences.ts'
import { isPlainForm, mustBeAllowed, viewerOf } from '../http/respond.ts'
import * as sessions from '../http/sessions.ts'
import * as tokens from '../http/tokens.ts'
import type { App } from '../live/app.ts'

/** How the browser that asks likes its pages; who may come in; every word of the interface on one page. */
export function mountSettings(router: Router, app: App) {
  router.post('/settings/preferences', async (c) => {
    mustBeAllowed(c, 'read')
    const preferences = await parseBody(c, Preferences)
    keepPreferences(c, preferences)
    return isPlainForm(c) ? c.redirect('/settings?kept=1', 303) : c.json({ item: preferences })
  })
  router.get('/settings/access', async (c) => {
    mustBeAllowed(c, 'tokens.manage')
    const [open, issued] = [await sessions.list(app), await tokens.list(app)]
    const viewer = viewerOf(app, c)
    const body = inZone(viewer.zone, () => accessPage({ sessions: open, tokens: issued, own: sessions.idOf(c.get('actor')), viewer }))
    return app.bare(c, 'Sign-in and tokens', body)
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
