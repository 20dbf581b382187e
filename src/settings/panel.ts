import { z } from 'zod'
import { settingsHead, settingsView } from '../../views/settings.tsx'
import type { Panel } from '../http/panel.ts'
import * as sessions from '../http/sessions.ts'
import { janitor } from './janitor.ts'
import { type Settings, settings } from './settings.ts'
import { routes } from './settings-routes.ts'

const SettingsQuery = z.object({
  /** The form was just sent: the page says so. */
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
  load: (db, _query, app) => settings(db, app),
  view: (about) => settingsView(about),
  head: ({ kept }, viewer) => settingsHead(viewer, kept !== undefined),
  routes,
  start: (app) => janitor(app).start(sessions.sweep),
}
