// The one-use code of a sign-in link is after the #, which browsers send to no server; it is exchanged here.
import './page/time-zone.js'

/** The code of a link has 43 characters; a truncated one should be refused, not ignored. */
const CODE = /^#[\w-]{30,}$/
/** Stores the fragment of the wanted page; the link may be opened in another tab. */
const PLACE = 'telltale-return-path'
/** Without storage, as in some private windows, only the place in the page is lost. */
const ifStored = (act) => {
  try {
    return act()
  } catch {
    return undefined
  }
}
const message = document.querySelector('[data-sign-in]') ?? document.querySelector('main')
const say = (text) => {
  const line = document.createElement('p')
  line.setAttribute('role', 'alert')
  line.className = 'problem'
  line.textContent = text
  message.replaceChildren(line)
}

async function exchange(code) {
  const answer = await fetch('/auth/exchange', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    body: JSON.stringify({ code }),
  })
  if (answer.ok) {
    const { path } = await answer.json()
    const place = ifStored(() => localStorage.getItem(PLACE)) ?? ''
    ifStored(() => localStorage.removeItem(PLACE))
    return location.replace(path + place)
  }
  const { detail } = await answer.json().catch(() => ({}))
  say(detail ?? 'This sign-in link was not accepted. Make a new one.')
}

// A link pasted into the open page changes only the fragment.
function begin() {
  const { hash } = location
  if (!CODE.test(hash)) {
    // A redirect keeps the fragment of the requested page.
    ifStored(() => (hash ? localStorage.setItem(PLACE, hash) : localStorage.removeItem(PLACE)))
    return
  }
  // Removed from the address bar and the history first, as it is a secret.
  history.replaceState(null, '', location.pathname)
  exchange(hash.slice(1)).catch(() => say('The server cannot be reached. When it is back, make a new link.'))
}

addEventListener('hashchange', begin)
begin()
