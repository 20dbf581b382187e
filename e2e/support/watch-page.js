// Runs in the page before its own scripts: remembers when each id was first in the DOM, and how many fetches of one path
// were on their way at once.
;(() => {
  const firstSeen = {}
  const flights = {}
  Object.assign(window, { firstSeen, flights })

  const { open, send } = XMLHttpRequest.prototype
  XMLHttpRequest.prototype.open = function (...of) {
    this.path = new URL(of[1], location.href).pathname
    return open.apply(this, of)
  }
  XMLHttpRequest.prototype.send = function (...of) {
    flights[this.path] ??= { now: 0, most: 0 }
    const flight = flights[this.path]
    flight.most = Math.max(flight.most, ++flight.now)
    this.addEventListener('readystatechange', () => this.readyState === XMLHttpRequest.DONE && flight.now--)
    return send.apply(this, of)
  }

  new MutationObserver(() => {
    const now = performance.timeOrigin + performance.now()
    for (const { id } of document.querySelectorAll('[id]')) firstSeen[id] ??= now
  }).observe(document, { subtree: true, childList: true })
})()
