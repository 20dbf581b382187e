// A control that changes under the pointer ignores clicks for a moment: they were meant for what was there before.
const DEAD_MS = 600
const CONTROLS = ':is(.actions, .pending, details.menu[open] > .menu-list) :is(button, a, summary)'
const ANY = 'button, a, summary'

/** Places where another control now is, and until when they ignore clicks. */
let places = []

const nameOf = (control) => control && `${control.form?.action ?? control.href ?? control.parentElement.id} ${control.textContent.trim()}`

/** The controls of a region and where they are. */
export const controlsIn = (region) =>
  [...(region.querySelectorAll?.(CONTROLS) ?? [])]
    .map((control) => ({ name: nameOf(control), box: control.getBoundingClientRect() }))
    .filter(({ box }) => box.width > 0)

/** Called after a change with the controls before it. */
export function silence(controls) {
  const until = performance.now() + DEAD_MS
  const changed = controls.filter(({ name, box: { x, y, width, height } }) => {
    const now = document.elementFromPoint(x + width / 2, y + height / 2)?.closest(ANY)
    return nameOf(now) !== name
  })
  places = [...places.filter(isStill), ...changed.map(({ box }) => ({ box, until }))]
}

const isStill = ({ until }) => until > performance.now()
const isIn = ({ left, right, top, bottom }, { clientX: x, clientY: y }) => x >= left && x <= right && y >= top && y <= bottom

document.addEventListener(
  'click',
  (event) => {
    // A key presses what has the focus, wherever that is.
    if (event.detail === 0 || !places.some((place) => isStill(place) && isIn(place.box, event))) return
    event.preventDefault()
    event.stopImmediatePropagation()
  },
  true,
)
