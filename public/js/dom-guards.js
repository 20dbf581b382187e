// What a refresh must not take from the person: a half-edited field, an open <details> or dialog, a chosen radio, a row
// that is in their hands. Read from the DOM at the moment of the merge, so nothing has to be remembered or forgotten.
;(() => {
  const ROW = 'tr[id], li[id], [data-row]'
  const PANEL = '[hx-trigger^="sse:"]'
  /** What its reader, or an element of ours, has set or taken off since the server drew it. */
  const KEPT_ATTRIBUTES = { DETAILS: ['open'], DIALOG: ['open'], BUTTON: ['aria-disabled', 'aria-busy'], 'COPY-BUTTON': ['hidden', 'data-copied'] }
  /** What the page's own scripts keep up to date. */
  const OWN = 'new-rows, selection-bar[data-count]'
  /** A row in whose control an own change was just sent: it takes the answer, until the focus comes back to it. */
  const released = new WeakSet()
  /** A form whose send met another's change, and whose sender was told so. */
  const told = new WeakSet()

  const editedBy = {
    INPUT: (field) => (['checkbox', 'radio'].includes(field.type) ? field.checked !== field.defaultChecked : field.value !== field.defaultValue),
    TEXTAREA: (field) => field.value !== field.defaultValue,
    SELECT: (field) => [...field.options].some((option, at) => option.selected !== selectedByServer(field, option, at)),
  }
  const isEdited = (element) => editedBy[element.tagName]?.(element) ?? false

  function selectedByServer(select, option, at) {
    const explicit = [...select.options].some((each) => each.defaultSelected)
    return explicit ? option.defaultSelected : at === 0 && !select.multiple && select.size <= 1
  }

  const holdsEdit = (element) => [...(element?.querySelectorAll('input:not([type=hidden]), textarea, select') ?? [])].some(isEdited)

  const isInHand = (row) => !released.has(row) && (row.querySelector(':focus-visible, details.menu[open], dialog[open]') !== null || holdsEdit(row))

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

  // A value that changed shows where it did: its ground lights up and fades, its text never moves or turns pale.
  const FADE = [{ backgroundColor: 'transparent' }, { backgroundColor: 'var(--fresh)', offset: 0.13 }, { backgroundColor: 'transparent' }]
  const FADE_MS = 1150
  const isCalm = matchMedia('(prefers-reduced-motion: reduce)')
  const flash = (element) => isCalm.matches || element.animate(FADE, FADE_MS)
  defaults.callbacks.afterNodeMorphed = (node) => {
    if (node.nodeType === Node.ELEMENT_NODE && node.matches('[data-rows] td:not(.cell-check, .cell-actions)')) flash(node)
  }

  // Both sides tell the time as of now, so that a clock that ticked is not taken for a change.
  const { morph } = Idiomorph
  Idiomorph.morph = (old, fresh, config) => {
    // What is being typed stays. A button that was just pressed must not keep its old word: Cancel has become Undo.
    defaults.ignoreActiveValue = document.activeElement?.tagName in editedBy
    telltale.tick?.([old, ...fresh])
    telltale.holdRows?.(old, fresh)
    const merged = morph(old, fresh, config)
    telltale.countRows?.(old)
    return merged
  }

  const rowOf = (element) => element?.closest?.(ROW)
  document.addEventListener('htmx:beforeSwap', ({ detail: { requestConfig, xhr } }) => {
    const sender = requestConfig.elt
    if (requestConfig.verb === 'get') return
    if (xhr.status === 409) tell(sender)
    const row = rowOf(sender)
    if (!row) return
    released.add(row)
    for (const menu of row.querySelectorAll('details.menu[open]')) menu.open = false
  })
  // They were told of the other change, and see it now: what they send next is meant to replace it.
  function tell(form) {
    told.add(form)
    const panel = form.closest(PANEL)
    if (panel) telltale.refresh(panel)
  }
  document.addEventListener('input', ({ target }) => told.delete(target.form))
  document.addEventListener('focusin', ({ target }) => released.delete(rowOf(target)))

  // A row that was let go of catches up with what it missed.
  function catchUp({ target }) {
    const row = rowOf(target)
    setTimeout(() => {
      const panel = row?.matches('[data-changed]') && !isInHand(row) && row.closest(PANEL)
      if (panel) telltale.refresh(panel)
    })
  }
  for (const name of ['focusout', 'change', 'toggle', 'reset']) document.addEventListener(name, catchUp, true)

  Object.assign(telltale, { flash, release: (row) => row && released.add(row), isReleased: (row) => released.has(row) })
})()
