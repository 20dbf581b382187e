/** How times read, for pages and views alike: what `public/js/clock.js` leaves behind. All times are ms since 1970. */
export interface Clock {
  relative(at: number, now: number, zone: string): string
  /** As `relative`, and `now` from then on. */
  until(at: number, now: number, zone: string): string
  elapsed(ms: number): string
  duration(ms: number): string
  exact(at: number, zone: string): string
  /** Here, in UTC, and as ISO 8601. */
  full(at: number, zone: string): string
  wall(at: number, zone: string): { number: number; year: number; date: string; clock: string; second: string; weekday: string }
}
