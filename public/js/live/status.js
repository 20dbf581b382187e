// Says in words whether the page is live, and keeps it fresh by asking while, and only while, it is not. The words are a
// button: it holds the page still, for as long as somebody wants to read it in peace.

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
  // A change of state is said aloud, each new count is not.
  if (before && before !== state) announce(word.textContent)
}

/** Changes that the page's panels were held back from, without its own, which their answers have shown. */
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
    // A stream that the server only rotates is back before anyone could read the word.
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
  // The server answers again: the stream need not wait for its own next attempt.
  if (lostAt) source.open()
  if (source.isPaused) show()
})

const saySignedOut = () => say('You are signed out. Sign in again to see what is new.', { href: '/in', action: 'Sign in' })

/** Replaces a panel whose subject was deleted, which would otherwise keep its clocks and buttons. */
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
