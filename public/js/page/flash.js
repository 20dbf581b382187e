// Highlights the background of a changed value briefly; its text stays as it is.
const FADE = [{ backgroundColor: 'transparent' }, { backgroundColor: 'var(--fresh)', offset: 0.13 }, { backgroundColor: 'transparent' }]
const FADE_MS = 1150
const isCalm = matchMedia('(prefers-reduced-motion: reduce)')
export const flash = (element) => isCalm.matches || element.animate(FADE, FADE_MS)
