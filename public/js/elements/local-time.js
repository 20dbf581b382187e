// Ages and clocks tick in the page, from one timer, by the server's clock: `<time datetime data-relative>` says how
// long ago, `<time datetime data-elapsed>` counts up. The server has rendered both; without script they stand still.
;(() => {
  const TICK_MS = 1000
  // Past its first minute an age changes slowly.
  const SLOW_EVERY = 30
  const MINUTE = 60
  const HOUR = 60 * MINUTE
  const DAY = 24 * HOUR
  const SELECTOR = 'time[data-relative], time[data-elapsed]'

  const format = (options) => new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hour12: false, ...options })
  const hourAndMinute = format({})
  const dayAndMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
  const dayMonthYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
  const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'long' })

  const now = () => Date.now() + (telltale.source?.skew ?? 0)
  const twoDigits = (value) => String(value).padStart(2, '0')

  function short(seconds) {
    if (seconds < MINUTE) return `${seconds}s`
    if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)}m`
    const minutes = Math.floor((seconds % HOUR) / MINUTE)
    return minutes ? `${Math.floor(seconds / HOUR)}h ${minutes}m` : `${Math.floor(seconds / HOUR)}h`
  }

  /** `now`, `42s`, `5m`, `3h 12m`, `yesterday 14:05`, `12 Mar 14:05`, `12 Mar 2024 14:05`; to come: `in 4m`. */
  function relative(at, time) {
    const seconds = Math.round((time - at) / 1000)
    if (seconds < 0 && seconds > -DAY) return `in ${short(-seconds)}`
    if (seconds === 0) return 'now'
    const then = new Date(at)
    if (seconds > 0 && seconds < DAY && (seconds < 12 * HOUR || then.getDate() === new Date(time).getDate())) return short(seconds)
    const clock = hourAndMinute.format(then)
    if (new Date(time - DAY * 1000).toDateString() === then.toDateString()) return `yesterday ${clock}`
    const sameYear = then.getFullYear() === new Date(time).getFullYear()
    return `${(sameYear ? dayAndMonth : dayMonthYear).format(then)} ${clock}`
  }

  /** `00:42`, `12:05`, `3:02:11`; a clock of the server's that is ahead of ours shows no negative time. */
  function elapsed(at, time) {
    const seconds = Math.max(0, Math.floor((time - at) / 1000))
    const hours = Math.floor(seconds / HOUR)
    const rest = `${twoDigits(Math.floor((seconds % HOUR) / MINUTE))}:${twoDigits(seconds % MINUTE)}`
    return hours ? `${hours}:${rest}` : rest
  }

  function tell(element, time) {
    const at = Date.parse(element.dateTime)
    if (Number.isNaN(at)) return
    const text = element.hasAttribute('data-elapsed') ? elapsed(at, time) : relative(at, time)
    if (element.textContent !== text) element.textContent = text
    if (!element.title) element.title = `${full.format(at)} · ${new Date(at).toISOString()}`
  }

  /** Brings every time inside `roots` up to date. */
  function tick(roots) {
    const time = now()
    for (const root of roots) {
      if (root.matches?.(SELECTOR)) tell(root, time)
      for (const element of root.querySelectorAll(SELECTOR)) tell(element, time)
    }
  }

  const isFast = (element, time) => element.hasAttribute('data-elapsed') || time - Date.parse(element.dateTime) < MINUTE * 1000
  let timer
  let count = 0

  function beat() {
    const time = now()
    const slowToo = count++ % SLOW_EVERY === 0
    for (const element of document.querySelectorAll(SELECTOR)) if (slowToo || isFast(element, time)) tell(element, time)
  }

  function run() {
    clearInterval(timer)
    if (document.hidden) return
    tick([document])
    timer = setInterval(beat, TICK_MS)
  }

  window.telltale = { ...window.telltale, tick }
  telltale.source?.addEventListener('ready', () => tick([document]))
  document.addEventListener('visibilitychange', run)
  run()
})()
