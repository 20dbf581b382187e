import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'

const COOKIE = 'telltale-asked'
/** As long as a sign-in link lives. */
const COOKIE_S = 600
/** A page that another site opened is not where its user should land after signing in. */
const OWN_SITES = [undefined, 'same-origin', 'none']

/** Sends a browser to sign in, and remembers the page that its user wanted. */
export function askToSignIn(c: Context): Response {
  const { pathname, search } = new URL(c.req.url)
  const isOwn = OWN_SITES.includes(c.req.header('sec-fetch-site'))
  if (isOwn) setCookie(c, COOKIE, pathname + search, { path: '/', httpOnly: true, sameSite: 'Strict', maxAge: COOKIE_S })
  return c.redirect('/in', 303)
}

/** The page to show after a sign-in: the one that was wanted before it, once; else the first. */
export function takePageAskedFor(c: Context): string {
  const asked = getCookie(c, COOKIE)
  if (asked === undefined) return '/'
  deleteCookie(c, COOKIE, { path: '/' })
  return ownPath(asked) ?? '/'
}

/** The path of a page of ours. A cookie may come from elsewhere: a path that leads to another host, also by two slashes, is none. */
function ownPath(text: string): string | undefined {
  const base = 'http://telltale'
  const url = URL.parse(text, base)
  return text.startsWith('/') && url?.origin === base && !url.pathname.startsWith('//') ? url.pathname + url.search : undefined
}
