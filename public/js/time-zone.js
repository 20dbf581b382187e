// Tells the server the browser's zone, so that from the next page on it renders times as they are shown here; and gives
// the exact instant of a time: in its title where the pointer rests, as ISO 8601 where it is clicked or copied.
;(() => {
  const YEAR_S = 31_536_000
  const INSTANT = 'time[data-relative], time[data-until], time[data-elapsed], time[data-exact]'
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone
  const cookie = `tz=${encodeURIComponent(own)}`

  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in Firefox and Safari of the last years.
  if (own && !document.cookie.split('; ').includes(cookie)) document.cookie = `${cookie}; Path=/; Max-Age=${YEAR_S}; SameSite=Strict`

  const instantAt = (target) => target?.closest?.(INSTANT)
  const isoOf = (time) => new Date(time.dateTime).toISOString()

  // Only while the pointer is there: what the server renders next is compared with what stands in the page.
  document.addEventListener('pointerover', ({ target }) => {
    const time = instantAt(target)
    if (time && !time.title) time.title = telltale.clock.full(Date.parse(time.dateTime), telltale.zone)
  })
  document.addEventListener('pointerout', ({ target }) => instantAt(target)?.removeAttribute('title'))

  document.addEventListener('click', ({ target }) => {
    const time = instantAt(target)
    if (!time || time.closest('a, button, summary, label') || !navigator.clipboard || !getSelection().isCollapsed) return
    navigator.clipboard.writeText(isoOf(time)).then(() => telltale.say?.(`Copied ${isoOf(time)}`))
  })

  document.addEventListener('copy', (event) => {
    const { anchorNode, focusNode, isCollapsed } = getSelection()
    const time = isCollapsed ? undefined : instantAt(anchorNode?.parentElement)
    if (!time || time !== instantAt(focusNode?.parentElement)) return
    event.clipboardData.setData('text/plain', isoOf(time))
    event.preventDefault()
  })
})()
