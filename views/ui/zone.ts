const SERVER_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone

let zone = SERVER_ZONE

/** The IANA zone of the current render. */
export const zoneNow = (): string => zone

/** Renders with all times in `wanted`. A view is synchronous, so no other render interferes. */
export function inZone<T>(wanted: string, render: () => T): T {
  const before = zone
  zone = wanted
  try {
    return render()
  } finally {
    zone = before
  }
}
