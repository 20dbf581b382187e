// A sentence for the person, in the page's toast region. With something to do it stays until it is closed; otherwise its
// time is over in a moment, which does not pass while it is looked at. It never takes the focus: F6 goes there.
const SHOWN_MS = 6_000
const MOST = 3
const ANNOUNCE = document.getElementById('announce')

const region = document.querySelector('[data-toasts]')
/** Where the focus was before it came here. */
let before

/**
 * Shows a sentence, once; with `action` it ends in a link to `href`, or in a button that calls `act`. What `stays` is
 * there until it is closed, as is what has something to do. Answers a function that takes it away.
 */
export function say(text, { href, action, act, stays = Boolean(action) } = {}) {
  const shown = [...(region?.children ?? [])].find((toast) => toast.dataset.text === text)
  if (!region || shown) return () => shown?.remove()
  const toast = document.createElement('p')
  toast.className = 'toast'
  toast.dataset.text = text
  toast.toggleAttribute('data-stays', stays)
  toast.append(words(text), ...(action ? [href ? link(href, action) : button(action, act, 'toast-action')] : []), closeButton(toast))
  region.append(toast)
  while (region.children.length > MOST) remove(region.querySelector('.toast:not([data-stays])') ?? region.firstElementChild)
  if (!stays) expire(toast)
  return () => remove(toast)
}

function expire(toast) {
  let timer
  const stop = () => clearTimeout(timer)
  const start = () => {
    stop()
    timer = setTimeout(() => (toast.matches(':hover, :focus-within') ? start() : remove(toast)), SHOWN_MS)
  }
  for (const name of ['pointerenter', 'focusin']) toast.addEventListener(name, stop)
  for (const name of ['pointerleave', 'focusout']) toast.addEventListener(name, start)
  start()
}

function remove(toast) {
  const hadFocus = toast.contains(document.activeElement)
  toast.remove()
  if (hadFocus) (region.querySelector('a, button') ?? before)?.focus()
}

function words(text) {
  const element = document.createElement('span')
  element.className = 'toast-words'
  element.textContent = text
  return element
}

function link(href, action) {
  const element = document.createElement('a')
  element.href = href
  element.className = 'toast-action'
  element.textContent = action
  return element
}

function button(words, act, className) {
  const element = document.createElement('button')
  element.type = 'button'
  element.className = className
  element.textContent = words
  element.addEventListener('click', act)
  return element
}

const closeButton = (toast) => button('Close', () => remove(toast), 'toast-close')

document.addEventListener('keydown', (event) => {
  if (event.key !== 'F6' || !region?.firstElementChild) return
  event.preventDefault()
  const isHere = region.contains(document.activeElement)
  if (!isHere) before = document.activeElement
  ;(isHere ? before : region.querySelector('a, button'))?.focus()
})

/** Announces text to screen readers only; the same text twice is announced twice. */
export function announce(text) {
  if (!ANNOUNCE) return
  ANNOUNCE.textContent = ''
  setTimeout(() => {
    ANNOUNCE.textContent = text
  })
}
