// The only way in which a string becomes markup (CSP: require-trusted-types-for 'script'; trusted-types default). The
// server escapes foreign text; this keeps a hole in a view from becoming a script.
const FORBIDDEN = 'script, iframe, frame, object, embed, base, meta, link, style, portal'
// A cheap filter: only what it matches is parsed and judged, so "onclick=" in a log line is harmless.
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
