// Summarises the sidebar's counts in the tab's title and icon, and now and then for screen readers.
import { announce } from '../page/say.js'

const QUIET_MS = 10_000
const ICONS = { waiting: '/favicon-waiting.svg', failed: '/favicon-failed.svg', offline: '/favicon-offline.svg' }

const nav = document.getElementById('nav')
const icon = document.querySelector('link[rel=icon]')
const plainIcon = icon.getAttribute('href')
const alerts = () => [...nav.querySelectorAll('[data-says]')].map(({ dataset }) => dataset)
const countOf = (mark) => alerts().reduce((sum, alert) => sum + (alert.mark === mark ? Number(alert.count) : 0), 0)
const sentence = () =>
  alerts()
    .map(({ says }) => says)
    .join(', ')

let said = sentence()
let saidAt = Number.NEGATIVE_INFINITY
let timer
/** The number of failures when someone last looked: the icon shows new ones only. */
let seen = countOf('failed')

function toneNow() {
  if (document.documentElement.dataset.live === 'offline') return 'offline'
  if (countOf('waiting') > 0) return 'waiting'
  return countOf('failed') > seen ? 'failed' : 'plain'
}

function mark() {
  if (!document.hidden) seen = countOf('failed')
  const waiting = countOf('waiting')
  const title = document.title.replace(/^\(\d+\) /, '')
  document.title = waiting > 0 ? `(${waiting}) ${title}` : title
  const tone = toneNow()
  if (icon.dataset.tone === tone) return
  icon.dataset.tone = tone
  icon.setAttribute('href', ICONS[tone] ?? plainIcon)
}

/** Announces the counts when it is time, without what came and went in between. */
function tell() {
  clearTimeout(timer)
  const words = sentence()
  const wait = saidAt + QUIET_MS - performance.now()
  if (wait > 0) timer = setTimeout(tell, wait)
  if (wait > 0 || words === said) return
  said = words
  saidAt = performance.now()
  announce(words || 'Nothing needs you any more')
}

document.addEventListener('htmx:afterSwap', ({ detail }) => {
  if (detail.target !== nav) return
  mark()
  tell()
})
document.addEventListener('visibilitychange', mark)
new MutationObserver(mark).observe(document.documentElement, { attributeFilter: ['data-live'] })
mark()
