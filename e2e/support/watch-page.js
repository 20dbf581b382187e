// Runs in the page before its own scripts: counts open EventSources, remembers when each id was first in the DOM, and
// what the Content-Security-Policy refused.
;(() => {
  const streams = new Set()
  const firstSeen = {}
  const refused = []
  Object.assign(window, { streams, firstSeen, refused })

  window.EventSource = class extends EventSource {
    constructor(url, options) {
      super(url, options)
      streams.add(this)
    }
    close() {
      super.close()
      streams.delete(this)
    }
  }

  new MutationObserver(() => {
    const now = performance.timeOrigin + performance.now()
    for (const { id } of document.querySelectorAll('[id]')) firstSeen[id] ??= now
  }).observe(document, { subtree: true, childList: true })
  document.addEventListener('securitypolicyviolation', (event) => refused.push(`${event.violatedDirective} ${event.blockedURI}`))
})()
