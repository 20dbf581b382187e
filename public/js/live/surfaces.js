// `window.tasksSurface`, `window.workersSurface`, …: a handle for each panel that the page shows.
import { PANEL, refresh } from './live.js'

const waiting = new Map()
const served = new WeakMap()

for (const panel of document.querySelectorAll(PANEL)) {
  const name = `${panel.id.split('-')[0]}Surface`
  waiting.set(panel, [])
  window[name] ??= { refresh: () => refreshed(panel) }
}

/** Resolves when a fetch after this call is in the page, in a hidden tab once it is visible. Rejects if the panel is gone. */
function refreshed(panel) {
  const { promise, resolve, reject } = Promise.withResolvers()
  waiting.get(panel).push({ resolve, reject })
  refresh(panel)
  return promise
}

// A fetch in flight may have been answered before the call.
document.addEventListener('htmx:beforeSend', ({ detail: { elt, xhr } }) => {
  if (waiting.get(elt)?.length) served.set(xhr, waiting.get(elt).splice(0))
})
document.addEventListener('htmx:afterRequest', ({ detail: { elt, xhr, successful } }) => {
  const calls = served.get(xhr) ?? []
  if (successful) for (const { resolve } of calls) resolve()
  else waiting.get(elt)?.push(...calls)
})
document.addEventListener('panel-gone', ({ detail: { panel, status } }) => {
  queueMicrotask(() => {
    for (const { reject } of waiting.get(panel)?.splice(0) ?? []) reject(new Error(`the panel ${panel.id} answered ${status}`))
  })
})
