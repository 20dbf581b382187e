import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { z } from 'zod'
import { isZone } from '../time/zone.ts'

const YEAR_S = 31_536_000

export const Preferences = z.strictObject({
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  density: z.enum(['compact', 'comfortable']).default('compact'),
  keys: z.enum(['on', 'off']).default('off'),
  /** The rarely used fields of a form. */
  more: z.enum(['open', 'closed']).default('closed'),
  /** The zone of displayed times; null for the browser's. */
  zone: z
    .string()
    .refine((name) => isZone(name), 'Unknown time zone.')
    .nullable()
    .default(null),
})
export type Preferences = z.infer<typeof Preferences>

export const STANDARD: Preferences = { theme: 'system', density: 'compact', keys: 'on', more: 'closed', zone: null }

export function preferencesOf(c: Context): Preferences {
  const chosen = Object.entries(STANDARD).map(([name, standard]) => {
    const value = getCookie(c, name)
    return [name, value !== undefined && Preferences.shape[name as keyof Preferences].safeParse(value).success ? value : standard]
  })
  return Object.fromEntries(chosen)
}

/** Scripts use the same cookies: the theme switch, the list of shortcuts and the fields of a form. */
export function keepPreferences(c: Context, { more: _, ...chosen }: Preferences) {
  for (const [name, value] of Object.entries(chosen)) {
    if (value === STANDARD[name as keyof Preferences] || value === null) deleteCookie(c, name, { path: '/' })
    else setCookie(c, name, value, { path: '/', sameSite: 'Strict', maxAge: YEAR_S })
  }
}
