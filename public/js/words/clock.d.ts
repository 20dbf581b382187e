// All instants are in ms since 1970.
export function relative(at: number, now: number, zone: string): string
/** Like `relative`, but `now` once it is due. */
export function until(at: number, now: number, zone: string): string
export function elapsed(ms: number): string
export function duration(ms: number): string
export function exact(at: number, zone: string): string
/** In the reader's zone, in UTC, and as ISO 8601. */
export function full(at: number, zone: string): string
export function wall(at: number, zone: string): { number: number; year: number; date: string; clock: string; second: string; weekday: string }
