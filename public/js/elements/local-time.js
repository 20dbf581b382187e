// Updates ages and clocks from one timer, by the server's clock and in the reader's zone: `data-relative` shows how long
// ago, `data-until` how soon, `data-elapsed` counts up, `data-exact` shows day and second.

import { source } from '../live/source.js'
import * as clock from '../words/clock.js'

const FAST_MS = 1000
const SLOW_MS = 30_000
const MINUTE_MS = 60_000
const TICKING = 'time[data-relative], time[data-until], time[data-elapsed]'
const ALL = `${TICKING}, time[data-exact]`

const chosen = decodeURIComponent(document.cookie.match(/(?:^|; )zone=([^;]*)/)?.[1] ?? '')
export const zone = isZone(chosen) ? chosen : Intl.DateTimeFormat().resolvedOptions().timeZone
const now = () => Date.now() + source.skew
let timer
/** When the next tick is due. */
let due = Number.POSITIVE_INFINITY
let slowAt = 0

function isZone(name) {
  try {
    return name !== '' && clock.wall(0, name) !== undefined
  } catch {
    return false
  }
}

/** A row that has left its list keeps its last value, as its task may have ended. */
const isFrozen = (element) => element.dataset.elapsed !== undefined && element.closest('[data-left]') !== null

function tell(element, time) {
  if (isFrozen(element)) return
  const at = Date.parse(element.dateTime)
  if (Number.isNaN(at)) return
  const text = textOf(element.dataset, at, time)
  if (element.textContent !== text) element.textContent = text
}

function textOf({ elapsed, exact, until }, at, time) {
  if (until !== undefined) return clock.until(at, time, zone)
  if (elapsed !== undefined) return clock.elapsed(time - at)
  return exact === undefined ? clock.relative(at, time, zone) : clock.exact(at, zone)
}

export function tick(roots) {
  const time = now()
  for (const root of roots) {
    if (root.matches?.(ALL)) tell(root, time)
    for (const element of root.querySelectorAll(ALL)) tell(element, time)
  }
  plan()
}

const isFast = (element, time) => element.dataset.elapsed !== undefined || Math.abs(time - Date.parse(element.dateTime)) < MINUTE_MS

/** A second with a visible clock or fresh age, otherwise half a minute; never in a hidden page. */
function beat() {
  const time = now()
  const isSlowToo = time >= slowAt
  for (const element of document.querySelectorAll(TICKING)) if (isSlowToo || isFast(element, time)) tell(element, time)
  if (isSlowToo) slowAt = time + SLOW_MS
  due = Number.POSITIVE_INFINITY
  plan()
}

// New content may need an earlier tick, never a later one.
function plan() {
  if (document.hidden) return
  const time = now()
  const isAnyFast = [...document.querySelectorAll(TICKING)].some((element) => isFast(element, time))
  const next = performance.now() + (isAnyFast ? FAST_MS : SLOW_MS)
  if (next >= due) return
  clearTimeout(timer)
  due = next
  timer = setTimeout(beat, next - performance.now())
}

/** The cookie's zone may be out of date after travel. */
function correctZones() {
  for (const input of document.querySelectorAll('input[data-own-zone]')) input.value = zone
}

function show() {
  correctZones()
  clearTimeout(timer)
  due = Number.POSITIVE_INFINITY
  if (!document.hidden) tick([document])
}

source.addEventListener('ready', show)
document.addEventListener('visibilitychange', show)
show()
