// The words for progress, shared by server and browser as in clock.js.
const figure = (value) => value.toLocaleString('en-US', { maximumFractionDigits: 2 })

/** `40 of 100`, `1,204`; with the worker's text: `40 of 100, copying`. */
export function progressWords({ done, total, text }) {
  const count = total === undefined ? figure(done) : `${figure(done)} of ${figure(total)}`
  return text ? `${count}, ${text}` : count
}
