// What a refresh must not take from the person: a half-edited field, an open <details> or dialog, a chosen radio, a row
// that is in their hands.
import { Idiomorph } from 'idiomorph/htmx'
import { tick } from '../elements/local-time.js'
import { PANEL, refresh } from '../live/live.js'
import { countRows, holdRows } from '../live/rows.js'
import { flash } from '../page/flash.js'
import { editedBy, holdsEdit, isEdited, isInHand, ROW, release } from '../page/in-hand.js'

/** What its reader, or an element of ours, has set or taken off since the server drew it. */
const KEPT_ATTRIBUTES = { DETAILS: ['open'], DIALOG: ['open'], BUTTON: ['aria-disabled', 'aria-busy'], 'COPY-BUTTON': ['hidden', 'data-copied'] }
/** What the page's own scripts keep up to date. */
const OWN = 'new-rows, selection-bar[data-count]'
/** A form whose submission conflicted with another change; its sender has seen the conflict. */
const told = new WeakSet()

function isChanged(row, fresh) {
  row.removeAttribute('data-changed')
  return !row.isEqualNode(fresh)
}

const { defaults } = Idiomorph

defaults.callbacks.beforeNodeMorphed = (old, fresh) => {
  if (old.nodeType !== Node.ELEMENT_NODE) return
  if (old.matches(ROW) && isInHand(old)) {
    old.toggleAttribute('data-changed', isChanged(old, fresh))
    return false
  }
  if (old.matches(OWN) || (isEdited(old) && old.tagName !== 'INPUT')) return false
  // What was typed belongs to the version that it was typed on: else a save would overwrite another's unseen.
  if (old.matches('input[type=hidden]') && !told.has(old.form) && holdsEdit(old.form)) return false
  // Identical subtrees cost a comparison instead of a walk: 500 rows with one change, 42 ms down to 14.
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

// Both sides tell the time as of now, so that a clock that ticked is not taken for a change.
const { morph } = Idiomorph
Idiomorph.morph = (old, fresh, config) => {
  // What is being typed stays. A button that was just pressed must not keep its old word: Cancel has become Undo.
  defaults.ignoreActiveValue = document.activeElement?.tagName in editedBy
  tick([old, ...fresh])
  holdRows(old, fresh)
  const merged = morph(old, fresh, config)
  countRows(old)
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
  for (const menu of row.querySelectorAll('details.menu[open]')) menu.open = false
})
// They were told of the other change, and see it now: what they send next is meant to replace it.
function tell(form) {
  told.add(form)
  const panel = form.closest(PANEL)
  if (panel) refresh(panel)
}
document.addEventListener('input', ({ target }) => told.delete(target.form))

// A row that was let go of catches up with what it missed.
function catchUp({ target }) {
  const row = rowOf(target)
  setTimeout(() => {
    const panel = row?.matches('[data-changed]') && !isInHand(row) && row.closest(PANEL)
    if (panel) refresh(panel)
  })
}
for (const name of ['focusout', 'change', 'toggle', 'reset']) document.addEventListener(name, catchUp, true)
