// The one door by which a string becomes markup (CSP: require-trusted-types-for 'script'; trusted-types default).
// The server escapes what strangers wrote; this is the wall behind it, so a hole in a view cannot become a script.
const FORBIDDEN = 'script, iframe, frame, object, embed, base, meta, link, style, portal'
// A cheap sieve: only what it catches is parsed and judged, so the words "onclick=" in a log line are innocent.
const SUSPECT = /<(?:script|iframe|frame|object|embed|base|meta|link|style|portal)\b|\bon[a-z]+\s*=|hx-on/i
const WORKER = /^\/assets\/[\w-]{12}\/js\/live-worker\.js$/
let judging = false

window.trustedTypes?.createPolicy?.('default', {
  createHTML(html) {
    if (judging || !SUSPECT.test(html)) return html
    if (isHostile(parse(html))) throw new TypeError('an answer that holds a script was not shown')
    return html
  },
  createScriptURL(url) {
    if (!WORKER.test(url)) throw new TypeError('a script from elsewhere was not loaded')
    return url
  },
})

function parse(html) {
  const template = document.createElement('template')
  judging = true
  try {
    template.innerHTML = html
  } finally {
    judging = false
  }
  return template.content
}

function isHostile(fragment) {
  if (fragment.querySelector(FORBIDDEN)) return true
  return [...fragment.querySelectorAll('*')].some(
    (element) => element.getAttributeNames().some((name) => /^(?:on|(?:data-)?hx-on)/.test(name)) || (element.content && isHostile(element.content)),
  )
}
