// What had the focus may go away under it: a menu closes once it was answered, a row leaves its list. The focus then goes
// on from the same place, instead of starting again at the top of the page.
;(() => {
  const LINK = '.row-link'
  let last
  let panel
  let at = -1

  const linksIn = (root) => [...(root?.querySelectorAll(LINK) ?? [])]
  const isHidden = () => last.isConnected && !last.checkVisibility()

  function nextTo() {
    if (isHidden()) return last.closest('details:not([open])')?.querySelector(':scope > summary')
    const links = linksIn(panel)
    return links[Math.min(at, links.length - 1)] ?? document.getElementById('main')
  }

  document.addEventListener('focusin', ({ target }) => {
    last = target
    panel = target.closest(telltale.PANEL)
    at = linksIn(panel).findIndex((link) => link.closest('tr, li')?.contains(target))
  })

  document.addEventListener('htmx:afterSwap', () => {
    const isElsewhere = ![document.body, last].includes(document.activeElement)
    if (last && !isElsewhere && !last.checkVisibility()) nextTo()?.focus({ preventScroll: true })
  })
})()
