// A sign-in link carries its one-use code after the #, which a browser sends to no server: here it is exchanged.
;(() => {
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
    if (answer.ok) return location.replace('/')
    const { detail } = await answer.json().catch(() => ({}))
    say(detail ?? 'This sign-in link was not accepted. Run npx telltale open where the server runs, and open the new link.')
  }

  // A link that is pasted into the open sign-in page changes only what is after the #.
  function begin() {
    const code = location.hash.slice(1)
    if (!code) return
    // Out of the address bar and the history before anything else: it is a secret.
    history.replaceState(null, '', location.pathname)
    exchange(code).catch(() => say('The server cannot be reached. When it is back, run npx telltale open and open the new link.'))
  }

  addEventListener('hashchange', begin)
  begin()
})()
