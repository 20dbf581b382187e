// The server restarted with other assets: the page adopts what it can without losing input, and reports the rest.
import htmx from 'htmx.org'
import { Idiomorph } from 'idiomorph/htmx'
import { say } from '../page/say.js'
import { refreshAll } from './live.js'
import { source } from './source.js'

const built = document.querySelector('meta[name=build]')
const FIELDS = 'input:not([type=hidden], [type=checkbox], [type=radio]), textarea'
const isTyped = () => [...document.querySelectorAll(FIELDS)].some((field) => field.value !== field.defaultValue)

/** The page as the server would send it now, parsed only. */
function fetchPage() {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('GET', location.href)
    request.responseType = 'document'
    request.onload = () => (request.status === 200 && request.responseXML ? resolve(request.responseXML) : reject(new Error(`answered ${request.status}`)))
    request.onerror = () => reject(new Error('not reached'))
    request.send()
  })
}

const urls = (page, selector, attribute) => [...page.querySelectorAll(selector)].map((element) => element.getAttribute(attribute))
const differ = (page, selector, attribute) => String(urls(page, selector, attribute)) !== String(urls(document, selector, attribute))

// New stylesheets are loaded before the old ones are removed, so the page is never unstyled.
async function takeStyles(page) {
  const fresh = urls(page, 'link[rel=stylesheet]', 'href')
  const old = [...document.querySelectorAll('link[rel=stylesheet]')]
  const have = new Map(old.map((link) => [link.getAttribute('href'), link]))
  const links = fresh.map((href) => have.get(href) ?? newLink(href))
  await Promise.all(links.filter((link) => !link.isConnected).map(load))
  document.head.append(...links)
  for (const link of old) if (!links.includes(link)) link.remove()
}

function newLink(href) {
  const link = document.createElement('link')
  link.rel = 'stylesheet'
  link.href = href
  return link
}

function load(link) {
  const loaded = new Promise((resolve) => {
    link.onload = link.onerror = resolve
  })
  document.head.append(link)
  return loaded
}

// Parts outside the panels, such as forms, are merged, so that input stays.
function takeHeads(page) {
  for (const old of document.querySelectorAll('#main > [id]:not(.panel, log-view)')) {
    const fresh = page.getElementById(old.id)
    if (!fresh) continue
    Idiomorph.morph(old, [fresh], { morphStyle: 'outerHTML' })
    htmx.process(old)
  }
}

async function take(build) {
  const page = await fetchPage()
  built.content = build
  if (differ(page, 'script[src]', 'src')) return isTyped() ? sayReload() : location.reload()
  if (differ(page, 'link[rel=stylesheet]', 'href')) await takeStyles(page)
  takeHeads(page)
  refreshAll()
}

const sayReload = () => say('Telltale was updated. Reload the page when what you are typing is sent.', { href: location.href, action: 'Reload' })

source.addEventListener('ready', ({ detail: { build } }) => {
  if (!built || !build || build === built.content) return
  const act = () => take(build).catch(() => {})
  if (source.isPaused) source.addEventListener('resumed', act, { once: true })
  else act()
})
