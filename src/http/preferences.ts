import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { z } from 'zod'
import { isZone } from '../time/zone.ts'

const YEAR_S = 31_536_000

/** How a person likes their pages. It is the browser's own affair: kept in cookies, and sent to nobody else. */
export const Preferences = z.strictObject({
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  density: z.enum(['compact', 'comfortable']).default('compact'),
  /** Whether single keys are shortcuts. */
  keys: z.enum(['on', 'off']).default('off'),
  /** The zone to read times in; null is the browser's own. */
  zone: z
    .string()
    .refine((name) => isZone(name), 'Unknown time zone.')
    .nullable()
    .default(null),
})
export type Preferences = z.infer<typeof Preferences>

/** What nobody has chosen yet. */
export const STANDARD: Preferences = { theme: 'system', density: 'compact', keys: 'on', zone: null }

/** A cookie that is not understood counts as none. */
export function preferencesOf(c: Context): Preferences {
  const chosen = Object.entries(STANDARD).map(([name, standard]) => {
    const value = getCookie(c, name)
    return [name, value !== undefined && Preferences.shape[name as keyof Preferences].safeParse(value).success ? value : standard]
  })
  return Object.fromEntries(chosen)
}

/** Scripts read and write the same cookies: the theme's switch, the sheet of keys. */
export function keepPreferences(c: Context, preferences: Preferences) {
  for (const [name, value] of Object.entries(preferences)) {
    if (value === STANDARD[name as keyof Preferences] || value === null) deleteCookie(c, name, { path: '/' })
    else setCookie(c, name, value, { path: '/', sameSite: 'Strict', maxAge: YEAR_S })
  }
}
