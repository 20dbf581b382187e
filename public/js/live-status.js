// Says in words whether the page is live, and keeps it fresh by asking while, and only while, it is not.
;(() => {
  const { source, refreshAll } = telltale
  if (!source) return

  const RECONNECTING_MS = 1000
  const OFFLINE_MS = 10_000
  const POLL_MS = 10_000

  const dot = document.getElementById('event-bus-status')
  const word = dot?.querySelector('[data-word]') ?? dot
  const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
  let lostAt
  let timers = []

  function show(state, text) {
    document.documentElement.dataset.live = state
    if (!dot) return
    dot.dataset.state = state
    word.textContent = text
  }

  const isDown = () => lostAt !== undefined

  source.addEventListener('lost', () => {
    if (isDown()) return
    lostAt = new Date()
    timers = [
      // A stream that the server only rotates is back before anyone could read the word.
      setTimeout(() => show('reconnecting', 'Reconnecting'), RECONNECTING_MS),
      setTimeout(() => show('offline', `Offline since ${clock.format(lostAt)}, showing last known`), OFFLINE_MS),
      setInterval(refreshAll, POLL_MS),
    ]
  })

  source.addEventListener('ready', () => {
    timers.forEach(clearTimeout)
    timers = []
    lostAt = undefined
    show('live', 'Live')
  })

  // The server answers again: the stream need not wait for its own next attempt.
  document.addEventListener('htmx:afterSwap', ({ detail }) => {
    if (isDown() && detail?.xhr?.getResponseHeader('X-Live-Seq')) source.reopen()
  })

  document.addEventListener('panel-gone', ({ detail: { panel, status } }) => {
    if (status === 401) telltale.say('You are signed out. Sign in again to see what is new.', { href: '/in', action: 'Sign in' })
    else telltale.say(`${panel.dataset.title ?? 'This'} is no longer there. What you see is the last that was known.`)
  })
})()
