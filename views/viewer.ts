import type { Ms } from '../src/db/index.ts'
import type { Action } from '../src/log/actor.ts'

/** How a person likes their pages. */
export interface Preferences {
  theme: 'system' | 'light' | 'dark'
  density: 'compact' | 'comfortable'
  /** Whether single keys are shortcuts. */
  keys: 'on' | 'off'
  /** Whether a form shows its rarely used fields. */
  more: 'open' | 'closed'
  /** The zone to read times in; null is the browser's own. */
  zone: string | null
}

/** The viewer and the time: a view reads no clock and no database. */
export interface Viewer {
  name: string
  may(action: Action): boolean
  now: Ms
  /** The IANA zone in which they read times. */
  zone: string
  preferences: Preferences
  /** A command of this program for this server, which works in any folder. */
  command(verb: string, rest?: string): string
  /** A request to this server as its owner. */
  curl(path: string, options?: string): string
}
