/* Run in the page by Playwright. */

/** Notes when each mark is first seen as a row, and when waiting rows are first announced, by the page's clock. */
export function watchMarks() {
  const seen = {}
  globalThis.seen = seen
  new MutationObserver(() => {
    const at = performance.timeOrigin + performance.now()
    for (const [mark] of document.body.textContent.matchAll(/mark-\d+-/g)) seen[mark] ??= at
    if (document.querySelector('new-rows:not([hidden])')) seen.announced ??= at
  }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ['hidden'] })
}

export const isLive = () => document.querySelector('#event-bus-status')?.textContent.includes('Live')

/** When the reader saw the change: as a row, or as the count of rows that wait. */
export const timeOf = (mark) => globalThis.seen[mark] ?? globalThis.seen.announced

/** Shows the waiting rows; true once the marked one is there and no other waits. */
export function isShown(mark) {
  document.querySelector('new-rows:not([hidden]) button')?.click()
  if (!globalThis.seen[mark] || document.querySelector('new-rows:not([hidden])')) return false
  delete globalThis.seen.announced
  return true
}
