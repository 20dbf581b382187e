// Each control names its keys in `data-key`, separated by commas (`g t` is a sequence); a key presses its control. A
// row's own controls come first.
import { ROW } from '../page/in-hand.js'

const PREFIX_MS = 1500
const TYPING = 'input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]'
const FIRST = 'input:not([type=hidden]), textarea, select, button, a[href]'
const STEPS = { j: 1, k: -1 }

let prefix = ''
let timer

const isFor = (key) => (control) => control.dataset.key.split(',').includes(key)
const within = (root, key) => [...root.querySelectorAll('[data-key]')].filter(isFor(key))
const isSeen = (control) => control.checkVisibility()
const rowHere = () => document.activeElement?.closest(ROW)

/** The control of a key: first in the focused row, then in the content, then in the frame. */
function controlFor(key) {
  const row = rowHere()
  const inRow = row && within(row, key)[0]
  const seen = within(document, key).filter((control) => isSeen(control) && !control.closest(ROW))
  return inRow ?? seen.find((control) => control.closest('main')) ?? seen[0]
}

/** Presses the control of a key; returns whether there is one. */
export function press(key) {
  const control = controlFor(key)
  if (!control) return false
  if (control.matches(TYPING)) {
    control.focus()
    control.select?.()
  } else control.click()
  // What a key opened is used by the keyboard.
  if (control.matches('summary') && control.parentElement.open) firstIn(control.parentElement)?.focus()
  return true
}

const firstIn = (details) => [...details.querySelectorAll(FIRST)].find(isSeen)

/** Moves to the next or previous row; a page without rows may link to its neighbours. */
function step(key) {
  const links = within(document, key).filter((link) => link.closest(ROW) && isSeen(link))
  if (links.length === 0) return press(key)
  const at = links.findIndex((link) => link.closest(ROW) === rowHere())
  const next = at < 0 ? (STEPS[key] > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at + STEPS[key]))
  links[next].focus()
  return true
}

const isOff = () => document.documentElement.dataset.keys === 'off'
const isBusy = ({ target }) => target.closest?.(TYPING) !== null || document.querySelector('dialog[open]') !== null
const begins = (key) => [...document.querySelectorAll(`[data-key^="${CSS.escape(key)} "]`)].length > 0

function wait(key) {
  clearTimeout(timer)
  prefix = key
  timer = setTimeout(() => {
    prefix = ''
  }, PREFIX_MS)
}

document.addEventListener('keydown', (event) => {
  const { key } = event
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isOff() || isBusy(event)) return
  // A focused link or button handles Enter itself.
  if (key === 'Enter' || key === 'Shift') return
  const pressed = prefix ? `${prefix} ${key}` : key
  prefix = ''
  if (begins(pressed)) wait(pressed)
  else if (!(STEPS[pressed] ? step(pressed) : press(pressed))) return
  event.preventDefault()
})
