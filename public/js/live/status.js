// Shows whether the page is live, and polls while it is not. The status is also the button that pauses live updates.

import { announce, say } from '../page/say.js'
import { PANEL, reflects, refreshAll } from './live.js'
import { source } from './source.js'

const RECONNECTING_MS = 1000
const OFFLINE_MS = 10_000
const POLL_MS = 10_000
const UNAUTHORIZED = 401
const GONE = new Set([404, 410])

const dot = document.getElementById('event-bus-status')
const word = dot?.querySelector('[data-word]') ?? dot
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const WORDS = {
  live: () => 'Live',
  reconnecting: () => 'Reconnecting',
  offline: () => `Offline since ${clock.format(lostAt)}, showing last known`,
  paused: () => (countNew() ? `Paused (${countNew()} new)` : 'Paused'),
}
let lostAt
let down
let timers = []

function show() {
  const state = down ?? (source.isPaused ? 'paused' : 'live')
  const before = document.documentElement.dataset.live
  document.documentElement.dataset.live = state
  if (!dot) return
  dot.dataset.state = state
  dot.setAttribute('aria-pressed', String(source.isPaused))
  word.textContent = WORDS[state]()
  // Only a change of state is announced, not each count.
  if (before && before !== state) announce(word.textContent)
}

/** Changes that the panels have not shown, without the page's own. */
function countNew() {
  const seqs = new Set()
  for (const [name, held] of source.held) {
    const panels = [...document.querySelectorAll(`main ${PANEL}`)].filter((panel) => panel.getAttribute('hx-trigger').split(', ').includes(`sse:${name}`))
    for (const seq of held) if (panels.some((panel) => !reflects(panel, seq))) seqs.add(seq)
  }
  return seqs.size
}

function fall(state) {
  down = state
  show()
}

source.addEventListener('lost', ({ detail: { status } }) => {
  if (status === UNAUTHORIZED) saySignedOut()
  if (lostAt) return
  lostAt = new Date()
  timers = [
    // A planned reconnect is over before anyone could read the word.
    setTimeout(fall, RECONNECTING_MS, 'reconnecting'),
    setTimeout(fall, OFFLINE_MS, 'offline'),
    setInterval(() => source.isPaused || refreshAll(), POLL_MS),
  ]
})

source.addEventListener('ready', () => {
  timers.forEach(clearTimeout)
  timers = []
  lostAt = down = undefined
  show()
})

dot?.addEventListener('click', () => {
  if (source.isPaused) source.resume()
  else source.pause()
  show()
})
source.addEventListener('held', show)

document.addEventListener('htmx:afterSwap', ({ detail }) => {
  if (!detail?.xhr?.getResponseHeader('X-Live-Seq')) return
  // The server responds again, so the stream reconnects at once.
  if (lostAt) source.open()
  if (source.isPaused) show()
})

const saySignedOut = () => say('You are signed out. Sign in again to see what is new.', { href: '/in', action: 'Sign in' })

/** Replaces the panel of a deleted thing, which would keep its clocks and buttons. */
function showGone(panel) {
  const words = `${panel.dataset.title ?? 'This'} was deleted.`
  const box = document.createElement('div')
  box.className = 'empty'
  const [title, text, link] = ['h2', 'p', 'a'].map((name) => box.appendChild(document.createElement(name)))
  title.textContent = 'Deleted'
  text.textContent = words
  link.textContent = 'Back to the list'
  link.className = 'button'
  link.href = location.pathname.replace(/\/[^/]*$/, '') || '/'
  const hadFocus = panel.contains(document.activeElement)
  panel.replaceChildren(box)
  announce(words)
  if (hadFocus) link.focus()
}

document.addEventListener('panel-gone', ({ detail: { panel, status } }) => {
  if (status === UNAUTHORIZED) saySignedOut()
  else if (GONE.has(status)) showGone(panel)
  else say(`${panel.dataset.title ?? 'This'} is no longer there. What you see is the last that was known.`)
})
