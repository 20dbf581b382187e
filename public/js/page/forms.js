// A change is sent once, however often the button is pressed. A failure is reported, and input is kept.
import { announce, say } from './say.js'

const GIVE_UP_MS = 10_000
/** After this long, the button shows that it is waiting. */
const LONG_MS = 1000
const UNREACHED = 'Not sent: the server cannot be reached. What you typed is still here; try again in a moment.'
const UNANSWERED = 'No answer came in time, so it may or may not have been done. Trying again does it once at most.'

/** Requests in flight, by form. */
const busy = new Map()
/** One key per filled form, so that a retry changes nothing twice. */
const keys = new WeakMap()
const isChange = (detail) => detail.requestConfig && detail.requestConfig.verb !== 'get'
const buttonsOf = (form) => [...(form.elements ?? [form])].filter(({ type }) => type === 'submit')

function start(form, pressed = buttonsOf(form)[0]) {
  const sending = {}
  const after = (act, ms) => setTimeout(() => busy.get(form) === sending && act(), ms)
  busy.set(form, sending)
  // After the browser has collected the fields: a disabled button would be missing, and would lose the focus.
  after(() => mark(form, 'true'), 0)
  after(() => saySending(pressed), LONG_MS)
  after(() => finish(form), GIVE_UP_MS)
}

function saySending(button) {
  button?.setAttribute('aria-busy', 'true')
  announce('Sending…')
}

function finish(form) {
  if (!busy.delete(form)) return
  mark(form, null)
  for (const button of buttonsOf(form)) button.removeAttribute('aria-busy')
}

function mark(form, value) {
  for (const button of buttonsOf(form)) value ? button.setAttribute('aria-disabled', value) : button.removeAttribute('aria-disabled')
}

document.addEventListener('submit', (event) => {
  const form = event.target
  if (event.defaultPrevented || form.method === 'get') return
  if (busy.has(form)) event.preventDefault()
  else start(form, event.submitter ?? undefined)
})
addEventListener('pageshow', () => [...busy.keys()].forEach(finish))

document.addEventListener('htmx:confirm', (event) => {
  if (event.detail.verb !== 'get' && busy.has(event.detail.elt)) event.preventDefault()
})
document.addEventListener('htmx:configRequest', ({ detail }) => {
  if (detail.verb === 'get') return
  if (!keys.has(detail.elt)) keys.set(detail.elt, newKey())
  detail.headers['Idempotency-Key'] = keys.get(detail.elt)
})
const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')
document.addEventListener('input', ({ target }) => keys.delete(target.form))

document.addEventListener('htmx:beforeSend', ({ detail }) => isChange(detail) && start(detail.elt, submitterOf(detail)))
const submitterOf = ({ requestConfig }) => requestConfig.triggeringEvent?.submitter ?? undefined
document.addEventListener('htmx:afterRequest', ({ detail }) => isChange(detail) && finish(detail.elt))

// Any response ends the attempt; after a success the form is as the server renders it.
document.addEventListener('htmx:beforeSwap', ({ detail }) => {
  if (!isChange(detail)) return
  const form = detail.requestConfig.elt
  keys.delete(form)
  if (detail.xhr.status < 300) form.reset?.()
})

document.addEventListener('htmx:sendError', ({ detail }) => isChange(detail) && say(UNREACHED))
document.addEventListener('htmx:timeout', ({ detail }) => isChange(detail) && say(UNANSWERED, { stays: true }))
document.addEventListener('htmx:responseError', ({ detail }) => isChange(detail) && say(problemIn(detail.xhr)))

function problemIn(xhr) {
  const words = wordsOf(xhr.responseText)
  return words ? `${words}` : `The server answered ${xhr.status}. Nothing was changed; what you typed is still here.`
}

/** The sentence of an error, as a fragment or problem+json. */
function wordsOf(text) {
  if (text.startsWith('{')) return JSON.parse(text).detail
  const template = document.createElement('template')
  template.innerHTML = text
  return template.content.querySelector('[data-detail]')?.textContent
}
