import type { Context } from 'hono'
import { getCookie } from 'hono/cookie'
import { inZone } from '../../views/ui/zone.ts'
import type { Viewer } from '../../views/viewer.ts'
import { isZone, SERVER_ZONE } from '../time/zone.ts'
import type { AnySlice } from './slice.ts'

/** `zone` is what a person chose, `tz` what their browser says; both are IANA names. */
const COOKIES = ['zone', 'tz']

/** The zone in which the viewer reads and writes times: chosen, else the browser's, else the server's. */
export function zoneOf(c: Context): string {
  return COOKIES.map((name) => getCookie(c, name)).find((zone) => zone !== undefined && isZone(zone)) ?? SERVER_ZONE
}

/** The slice with each of its views rendered in the viewer's zone. */
export function inZoneOfViewer(slice: AnySlice): AnySlice {
  const { list, item } = slice
  const { head } = list
  return {
    ...slice,
    list: {
      ...list,
      view: (data, query, viewer) => inZone(viewer.zone, () => list.view(data, query, viewer)),
      ...(head && { head: (query: unknown, viewer: Viewer, data: unknown) => inZone(viewer.zone, () => head(query, viewer, data)) }),
    },
    ...(item && { item: { ...item, view: (thing: unknown, viewer: Viewer) => inZone(viewer.zone, () => item.view(thing, viewer)) } }),
  }
}
