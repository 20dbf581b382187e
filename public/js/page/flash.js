// What changes on a page is marked briefly; its text stays as it is.
const FADE = [{ backgroundColor: 'transparent' }, { backgroundColor: 'var(--fresh)', offset: 0.13 }, { backgroundColor: 'transparent' }]
const FADE_MS = 1150
const EDGE = { boxShadow: 'inset 2px 0 var(--link)', backgroundColor: 'var(--fresh)' }
const EDGE_MS = 2000
const SLIDE_MS = 150
const isCalm = matchMedia('(prefers-reduced-motion: reduce)')

export const flash = (element) => isCalm.matches || element.animate(FADE, FADE_MS)
/** Marks a new row: an edge is no motion. */
export const arrive = (row) => row.animate([EDGE, EDGE], EDGE_MS)
/** Lets rows that are `by` pixels lower than before move there. */
export const slide = (body, by) =>
  isCalm.matches || body.animate([{ transform: `translateY(${-by}px)` }, { transform: 'none' }], { duration: SLIDE_MS, easing: 'ease-out', composite: 'add' })
