// Shows a sentence in the toast region. With an action it stays until closed; otherwise it disappears after a while,
// which does not pass under the pointer or focus. It never takes the focus: F6 moves there.
const SHOWN_MS = 6_000
const MOST = 3
const ANNOUNCE = document.getElementById('announce')

const region = document.querySelector('[data-toasts]')
/** The focus before it moved here. */
let before

/**
 * Shows a sentence once; `action` adds a link to `href` or a button that calls `act`. With an action or `stays` it remains
 * until closed. Returns a function that removes it.
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
