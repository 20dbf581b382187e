// Which rows and fields a person is working in: read from the DOM each time, so nothing has to be remembered or forgotten.
export const ROW = 'tr[id], li[id], [data-row]'
/** Rows whose control just sent a change: they take the answer until the focus comes back. */
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

/** Lets the next answer change a row, although the focus is in it. */
export const release = (row) => row && released.add(row)
export const isReleased = (row) => released.has(row)

document.addEventListener('focusin', ({ target }) => released.delete(target.closest?.(ROW)))
