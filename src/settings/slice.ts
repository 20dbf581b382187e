import { z } from 'zod'
import { settingsHead, settingsView } from '../../views/settings.tsx'
import { events as access } from '../access/events.ts'
import * as sessions from '../access/sessions.ts'
import { routes as api } from '../http/routes/api.ts'
import type { Slice } from '../http/slice.ts'
import { events } from './events.ts'
import { janitor } from './janitor.ts'
import { routes as secrets } from './secret-routes.ts'
import { type Settings, settings } from './settings.ts'
import { routes } from './settings-routes.ts'
import { routes as tokens } from './token-routes.ts'

const SettingsQuery = z.object({
  kept: z.literal('1').optional(),
})
type SettingsQuery = z.infer<typeof SettingsQuery>

const noun = { one: 'setting', many: 'settings' }

export const slice: Slice<Settings, SettingsQuery> = {
  noun,
  title: 'Settings',
  icon: 'settings',
  group: 'system',
  key: 'g s',
  events: { changed: events.changed, accessChanged: { ...access.changed, href: '/settings/access' } },
  actions: {
    'tokens.manage': ['admin'],
    'secrets.manage': ['admin'],
    'settings.manage': ['admin'],
  },
  fresh: { on: ['setting.'], quiet: true },
  list: {
    query: SettingsQuery,
    load: (db, _query, app) => settings(db, app, app.assets.build),
    view: (about) => settingsView(about),
    head: ({ kept }, viewer) => settingsHead(viewer, kept !== undefined),
  },
  routes: [...tokens, ...secrets, ...routes, ...api(noun.many)],
  start: (app) => janitor(app).start(sessions.sweep),
}
