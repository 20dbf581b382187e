/* Run in the page by Playwright. */

/** Notes when each mark is first seen as a row, by the page's clock. */
export function watchMarks() {
  const seen = {}
  globalThis.seen = seen
  new MutationObserver(() => {
    const at = performance.timeOrigin + performance.now()
    for (const [mark] of document.body.textContent.matchAll(/mark-\d+-/g)) seen[mark] ??= at
  }).observe(document.body, { subtree: true, childList: true, characterData: true })
}

export const isLive = () => document.querySelector('#event-bus-status')?.textContent.includes('Live')

/** When the reader saw the row. */
export const timeOf = (mark) => globalThis.seen[mark]
