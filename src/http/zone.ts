import type { Context } from 'hono'
import { getCookie } from 'hono/cookie'
import { inZone, SERVER_ZONE } from '../../views/ui/zone.ts'
import type { Panel, Viewer } from './panel.ts'

/** `zone` is what a person chose, `tz` what their browser says; both are IANA names. */
const COOKIES = ['zone', 'tz']
const NAME_LENGTH = 64
const known = new Map<string, boolean>([[SERVER_ZONE, true]])
/** Names that anybody sends must not fill the memory. */
const MOST_KNOWN = 1000

/** The zone in which whoever asks reads times: chosen, else the browser's, else the server's. */
export function zoneOf(c: Context): string {
  return COOKIES.map((name) => getCookie(c, name)).find((zone) => zone !== undefined && isZone(zone)) ?? SERVER_ZONE
}

/** True for a name that this program's clock knows. */
export function isZone(name: string): boolean {
  if (name.length > NAME_LENGTH) return false
  const found = known.get(name) ?? parses(name)
  if (known.size < MOST_KNOWN) known.set(name, found)
  return found
}

function parses(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone: name })
    return /^[A-Za-z]/.test(name)
  } catch {
    return false
  }
}

/** The panel with each of its views rendered in the zone of who looks. */
export function inZoneOfViewer(panel: Panel): Panel {
  const { view, head, item } = panel
  return {
    ...panel,
    view: (data, query, viewer) => inZone(viewer.zone, () => view.call(panel, data, query, viewer)),
    ...(head && { head: (query: unknown, viewer: Viewer, data) => inZone(viewer.zone, () => head.call(panel, query, viewer, data)) }),
    ...(item && { item: { ...item, view: (thing: unknown, viewer: Viewer) => inZone(viewer.zone, () => item.view(thing, viewer)) } }),
  }
}
