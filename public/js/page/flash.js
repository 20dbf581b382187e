// A value that changed shows where it did: its ground lights up and fades, its text never moves or turns pale.
const FADE = [{ backgroundColor: 'transparent' }, { backgroundColor: 'var(--fresh)', offset: 0.13 }, { backgroundColor: 'transparent' }]
const FADE_MS = 1150
const isCalm = matchMedia('(prefers-reduced-motion: reduce)')
export const flash = (element) => isCalm.matches || element.animate(FADE, FADE_MS)
