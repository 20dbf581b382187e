// A refresh must not reset a half-edited field, an open <details> or dialog, a selected radio, or a row in use.
import { Idiomorph } from 'idiomorph/htmx'
import { explainHovered } from '../elements/exact-time.js'
import { tick } from '../elements/local-time.js'
import { PANEL, refresh } from '../live/live.js'
import { flash } from '../page/flash.js'
import { editedBy, holdsEdit, isEdited, isInHand, ROW, release } from '../page/in-hand.js'
import { holdRows, tellRows } from '../rows/rows.js'
import { controlsIn, silence } from './dead-clicks.js'

/** Attributes that the viewer or our elements have set or removed. */
const KEPT_ATTRIBUTES = { DETAILS: ['open'], DIALOG: ['open'], BUTTON: ['aria-disabled', 'aria-busy'], 'COPY-BUTTON': ['hidden', 'data-copied'] }
/** Attributes that scripts keep up to date. */
const OWN = 'new-rows, selection-bar[data-count]'
/** A form whose submission conflicted with another change; its sender has seen the conflict. */
const told = new WeakSet()
/** The controls of a menu that its own change closes. */
let pressed = []

function isChanged(row, fresh) {
  row.removeAttribute('data-changed')
  return !row.isEqualNode(fresh)
}

const { defaults } = Idiomorph

defaults.callbacks.beforeNodeMorphed = (old, fresh) => {
  if (old.nodeType !== Node.ELEMENT_NODE) return
  if (fresh.hasAttribute('data-kept')) return false
  if (old.matches(ROW) && isInHand(old)) {
    old.toggleAttribute('data-changed', isChanged(old, fresh))
    return false
  }
  if (old.matches(OWN) || (isEdited(old) && old.tagName !== 'INPUT')) return false
  // Edits belong to the version that they began with, or a save would silently overwrite someone else's.
  if (old.matches('input[type=hidden]') && !told.has(old.form) && holdsEdit(old.form)) return false
  // Comparing identical subtrees is faster than walking them: 14 ms instead of 42 for 500 rows with one change.
  if (old.isEqualNode(fresh)) return false
}

defaults.callbacks.beforeAttributeUpdated = (name, element) => {
  if (KEPT_ATTRIBUTES[element.tagName]?.includes(name)) return false
  if (['value', 'checked'].includes(name) && isEdited(element)) return false
  if (element.dataset?.keepAttrs?.split(' ').includes(name)) return false
}

defaults.callbacks.beforeNodeRemoved = (node) => {
  if (node.nodeType !== Node.ELEMENT_NODE || !node.matches(ROW) || !isInHand(node)) return
  node.setAttribute('data-changed', '')
  return false
}

defaults.callbacks.afterNodeMorphed = (node) => {
  if (node.nodeType === Node.ELEMENT_NODE && node.matches('[data-rows] td:not(.cell-check, .cell-actions)')) flash(node)
}

// Both sides show the current time, so that a clock does not count as a change.
const { morph } = Idiomorph
Idiomorph.morph = (old, fresh, config) => {
  // Text in progress stays, but a button that was just pressed takes its new label: Cancel becomes Undo.
  defaults.ignoreActiveValue = document.activeElement?.tagName in editedBy
  tick([old, ...fresh])
  holdRows(old, fresh)
  const controls = [...pressed, ...controlsIn(old)]
  const merged = morph(old, fresh, config)
  tellRows(old)
  explainHovered()
  silence(controls)
  pressed = []
  return merged
}

const rowOf = (element) => element?.closest?.(ROW)
document.addEventListener('htmx:beforeSwap', ({ detail: { requestConfig, xhr } }) => {
  const sender = requestConfig.elt
  if (requestConfig.verb === 'get') return
  if (xhr.status === 409) tell(sender)
  const row = rowOf(sender)
  if (!row) return
  release(row)
  pressed = controlsIn(row)
  for (const menu of row.querySelectorAll('details.menu[open]')) menu.open = false
})
// The viewer has seen the conflict, so the next save may overwrite the other change.
function tell(form) {
  told.add(form)
  const panel = form.closest(PANEL)
  if (panel) refresh(panel)
}
document.addEventListener('input', ({ target }) => told.delete(target.form))

// A row no longer in use catches up.
function catchUp({ target }) {
  const row = rowOf(target)
  setTimeout(() => {
    const panel = row?.matches('[data-changed]') && !isInHand(row) && row.closest(PANEL)
    if (panel) refresh(panel)
  })
}
for (const name of ['focusout', 'change', 'toggle', 'reset']) document.addEventListener(name, catchUp, true)
