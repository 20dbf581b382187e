/* In the page, by Playwright: when each mark was first seen, as the page's clock counts. */

export function watchMarks() {
  const seen = {}
  globalThis.seen = seen
  new MutationObserver(() => {
    const at = performance.timeOrigin + performance.now()
    for (const [mark] of document.body.textContent.matchAll(/mark-\d+-/g)) seen[mark] ??= at
  }).observe(document.body, { subtree: true, childList: true, characterData: true })
}

export const isLive = () => document.querySelector('#event-bus-status')?.textContent.includes('Live')

export const timeOf = (mark) => globalThis.seen[mark]
