const RETRY_MS = 2000

/** `wanted`: `{from, line}`, `{first, count}`, `{find, level}`, or nothing for the end. Throws without a response. */
export async function askLog(src, wanted) {
  const url = new URL(src, location.href)
  for (const [name, value] of Object.entries(wanted)) if (value || value === 0) url.searchParams.set(name, value)
  const answer = await fetch(url, { headers: { Accept: 'text/html' } })
  if (!answer.ok) throw new Error(`the log answered ${answer.status}`)
  const template = document.createElement('template')
  template.innerHTML = await answer.text()
  const header = (name) => answer.headers.get(`X-Log-${name}`) ?? ''
  return {
    fresh: template.content,
    mode: header('Mode'),
    note: decodeURIComponent(header('Note')),
    next: header('Next'),
    line: header('Line'),
    first: Number(header('First')),
    last: Number(header('Last')),
    ended: header('End') === 'true',
  }
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
