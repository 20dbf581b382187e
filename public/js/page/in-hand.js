// Which rows and fields are in use, read from the DOM each time.
export const ROW = 'tr[id], li[id], [data-row]'
/** Rows whose control just sent a change: they accept the response until the focus returns. */
const released = new WeakSet()

export const editedBy = {
  INPUT: (field) => (['checkbox', 'radio'].includes(field.type) ? field.checked !== field.defaultChecked : field.value !== field.defaultValue),
  TEXTAREA: (field) => field.value !== field.defaultValue,
  SELECT: (field) => [...field.options].some((option, at) => option.selected !== selectedByServer(field, option, at)),
}
export const isEdited = (element) => editedBy[element.tagName]?.(element) ?? false

function selectedByServer(select, option, at) {
  const explicit = [...select.options].some((each) => each.defaultSelected)
  return explicit ? option.defaultSelected : at === 0 && !select.multiple && select.size <= 1
}

export const holdsEdit = (element) => [...(element?.querySelectorAll('input:not([type=hidden]), textarea, select') ?? [])].some(isEdited)

export const isInHand = (row) => !released.has(row) && (row.querySelector(':focus-visible, details.menu[open], dialog[open]') !== null || holdsEdit(row))

/** Lets the next response change a row despite the focus in it. */
export const release = (row) => row && released.add(row)
export const isReleased = (row) => released.has(row)

document.addEventListener('focusin', ({ target }) => released.delete(target.closest?.(ROW)))

const IN_USE = 'details[open], dialog[open], selection-bar[data-count]'
const canHover = matchMedia('(hover: hover)')

/** Whether the reader of a list would lose their place if its rows moved: scrolled, selected, or under the pointer or focus. */
export function isHeld(list) {
  for (let element = list; element; element = element.parentElement) if (element.scrollTop > 0) return true
  const { anchorNode, isCollapsed } = getSelection()
  if (list.contains(document.activeElement) || (!isCollapsed && list.contains(anchorNode))) return true
  return (canHover.matches && list.matches(':hover')) || list.querySelector(IN_USE) !== null
}
