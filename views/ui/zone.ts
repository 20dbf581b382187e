/** Where nobody says otherwise, times are the server's own. */
export const SERVER_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone

let zone = SERVER_ZONE

/** The IANA name of the zone that is rendered in. */
export const zoneNow = (): string => zone

/** Renders with every time as on the wall in `wanted`. A view is one synchronous call, so no other render comes between. */
export function inZone<T>(wanted: string, render: () => T): T {
  const before = zone
  zone = wanted
  try {
    return render()
  } finally {
    zone = before
  }
}
