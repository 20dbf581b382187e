const RETRY_MS = 2000
const MOST_LINES = 500

const counted = (count, noun) => (count === 1 ? `1 ${noun} is` : `${count.toLocaleString('en-US')} ${noun}s are`)

/** `wanted`: `{from, line}`, `{at}`, `{find, level}`, or nothing for the end. Throws without a response. */
export async function askLog(src, wanted) {
  const url = new URL(src, location.href)
  for (const [name, value] of Object.entries(wanted)) if (value) url.searchParams.set(name, value)
  const answer = await fetch(url, { headers: { Accept: 'text/html' } })
  if (!answer.ok) throw new Error(`the log answered ${answer.status}`)
  const template = document.createElement('template')
  template.innerHTML = await answer.text()
  const header = (name) => answer.headers.get(`X-Log-${name}`) ?? ''
  const skipped = Number(header('Skipped'))
  return {
    fresh: template.content,
    mode: header('Mode'),
    note: decodeURIComponent(header('Note')) || (skipped ? `${counted(skipped, 'earlier line')} not shown; download the log to see everything.` : ''),
    next: header('Next'),
    line: header('Line'),
    skipped,
    ended: header('End') === 'true',
  }
}

/** Marks skipped lines. */
export function skippedRow(count) {
  const row = document.createElement('li')
  row.className = 'log-skipped'
  row.textContent = `… ${counted(count, 'line')} not shown here; download the log to see everything.`
  return row
}

// Lines added at the top must not move the text.
export function trimLog(lines) {
  const before = lines.scrollHeight
  while (lines.children.length > MOST_LINES) lines.firstElementChild.remove()
  lines.scrollTop -= before - lines.scrollHeight
}

export const isSameLog = (shown, fresh) => shown.lastElementChild?.id === fresh.lastElementChild?.id && shown.textContent === fresh.textContent

/** Returns a function that runs `act`, at most once more after a run in progress, and retries after an error. */
export function oneAtATime(act) {
  let isBusy = false
  let isOwed = false
  return async function run() {
    isOwed = isBusy
    if (isBusy) return
    isBusy = true
    await act().catch(() => setTimeout(run, RETRY_MS))
    isBusy = false
    if (isOwed) run()
  }
}
