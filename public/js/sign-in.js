// A sign-in link carries its one-use code after the #, which a browser sends to no server: here it is exchanged.
;(() => {
  const code = location.hash.slice(1)
  if (!code) return

  const message = document.querySelector('[data-sign-in]') ?? document.querySelector('main')
  const say = (text) => {
    const line = document.createElement('p')
    line.setAttribute('role', 'alert')
    line.className = 'problem'
    line.textContent = text
    message.replaceChildren(line)
  }

  // Out of the address bar and the history before anything else: it is a secret.
  history.replaceState(null, '', location.pathname)

  async function exchange() {
    const answer = await fetch('/auth/exchange', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify({ code }),
    })
    if (answer.ok) return location.replace('/')
    const { detail } = await answer.json().catch(() => ({}))
    say(detail ?? 'This sign-in link was not accepted. Run npx telltale open where the server runs, and open the new link.')
  }

  exchange().catch(() => say('The server cannot be reached. When it is back, run npx telltale open and open the new link.'))
})()
