// When a panel is fetched again, and which responses it accepts. State is kept here, not in attributes, because htmx
// re-initialises elements whose attributes change.
import htmx from 'htmx.org'
import { source } from './source.js'

export const PANEL = '[hx-trigger^="sse:"]'
// A nudge may overtake the response to the same change; it waits for that at most this long.
const HOLD_MS = 1000
const RETRY_MS = 500
const RETRY_MAX_MS = 30_000
const FAILURES = ['htmx:responseError', 'htmx:sendError', 'htmx:timeout', 'htmx:onLoadError']
const FINAL = new Set([401, 403, 404, 410])

const cursorIn = (text) => {
  const [seq, epoch] = (text ?? '').split('.')
  return epoch ? { seq: Number(seq), epoch } : undefined
}
const isPanel = (element) => element?.matches?.(PANEL)
const isMutation = ({ detail }) => detail.requestConfig && detail.requestConfig.verb !== 'get'

let rendered = cursorIn(document.querySelector('meta[name=live]')?.content)
let shown = new WeakMap()
const failures = new WeakMap()
const retired = new Set()
/** Panels that need a refresh, by the seq to reach (Infinity: in any case). */
const owed = new Map()
let holds = 0
let holdUntil = 0

export const refreshAll = () => {
  for (const panel of document.querySelectorAll(PANEL)) refresh(panel)
}
const isHeld = () => document.hidden || (holds > 0 && performance.now() < holdUntil)

export function reflects(panel, seq) {
  const at = shown.get(panel) ?? rendered
  return at?.epoch === source.epoch && at.seq >= seq
}

/** Fetches a panel, after a fetch in flight: never two at once, and the last one wins. */
export function refresh(panel, seq = Number.POSITIVE_INFINITY) {
  if (panel.isConnected) htmx.trigger(panel, panel.getAttribute('hx-trigger').split(',')[0], { lastEventId: seq })
}

function settleDebts() {
  if (isHeld()) return
  const debts = [...owed]
  owed.clear()
  for (const [panel, seq] of debts) refresh(panel, seq)
}

document.addEventListener('htmx:beforeRequest', (event) => {
  const { elt, requestConfig } = event.detail
  const { type, detail } = requestConfig.triggeringEvent ?? {}
  if (!type?.startsWith('sse:')) return
  // A pulse has no seq.
  const seq = Number(detail.lastEventId) || Number.POSITIVE_INFINITY
  if (!isHeld() && !reflects(elt, seq)) return
  event.preventDefault()
  if (!reflects(elt, seq)) owed.set(elt, Math.max(seq, owed.get(elt) ?? 0))
})

// The response to the page's own change includes it, so nudges wait.
document.addEventListener('htmx:beforeSend', (event) => {
  if (!isMutation(event)) return
  holds++
  holdUntil = performance.now() + HOLD_MS
  setTimeout(settleDebts, HOLD_MS)
})
document.addEventListener('htmx:afterRequest', (event) => {
  if (!isMutation(event)) return
  holds--
  settleDebts()
})

// Drops a response that is older than the page, from another epoch, or not from this server.
document.addEventListener('htmx:beforeSwap', ({ detail }) => {
  if (!isPanel(detail.target) || !detail.shouldSwap) return
  const at = cursorIn(detail.xhr.getResponseHeader('X-Live-Seq'))
  const now = shown.get(detail.target)
  if (!at) detail.isError = true
  if (!at || retired.has(at.epoch) || (now?.epoch === at.epoch && now.seq > at.seq)) detail.shouldSwap = false
})
document.addEventListener('htmx:afterSwap', ({ detail }) => {
  const at = isPanel(detail?.target) && cursorIn(detail.xhr?.getResponseHeader('X-Live-Seq'))
  if (!at) return
  shown.set(detail.target, at)
  failures.delete(detail.target)
})

for (const name of FAILURES) {
  document.addEventListener(name, ({ detail }) => {
    const panel = detail.elt
    if (!isPanel(panel) || detail.requestConfig?.verb !== 'get') return
    if (FINAL.has(detail.xhr.status)) document.dispatchEvent(new CustomEvent('panel-gone', { detail: { panel, status: detail.xhr.status } }))
    else retryLater(panel)
  })
}

function retryLater(panel) {
  const count = failures.get(panel) ?? 0
  failures.set(panel, count + 1)
  owed.set(panel, Number.POSITIVE_INFINITY)
  setTimeout(settleDebts, RETRY_MS + Math.random() * Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** count))
}

source.addEventListener('reset', ({ detail: { from, to } }) => {
  if (from !== to) retired.add(from)
  rendered = undefined
  shown = new WeakMap()
})
document.addEventListener('visibilitychange', settleDebts)
