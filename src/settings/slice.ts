import { z } from 'zod'
import { settingsHead, settingsView } from '../../views/settings.tsx'
import * as sessions from '../access/sessions.ts'
import type { Panel } from '../http/slice.ts'
import { janitor } from './janitor.ts'
import { type Settings, settings } from './settings.ts'
import { routes } from './settings-routes.ts'
import { routes as tokens } from './token-routes.ts'

const SettingsQuery = z.object({
  kept: z.literal('1').optional(),
})
type SettingsQuery = z.infer<typeof SettingsQuery>

export const panel: Panel<Settings, SettingsQuery> = {
  name: 'settings',
  title: 'Settings',
  group: 'system',
  staleOn: ['setting.'],
  isQuiet: true,
  query: SettingsQuery,
  load: (db, _query, app) => settings(db, app, app.assets.build),
  view: (about) => settingsView(about),
  head: ({ kept }, viewer) => settingsHead(viewer, kept !== undefined),
  routes: [...tokens, ...routes],
  start: (app) => janitor(app).start(sessions.sweep),
}
