import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'

const COOKIE = 'telltale-return-path'
/** As long as a sign-in link is valid. */
const COOKIE_S = 600
/** A page opened by another site must not be where its user lands after signing in. */
const OWN_SITES = [undefined, 'same-origin', 'none']

export function redirectToSignIn(c: Context): Response {
  const { pathname, search } = new URL(c.req.url)
  const isOwn = OWN_SITES.includes(c.req.header('sec-fetch-site'))
  if (isOwn) setCookie(c, COOKIE, pathname + search, { path: '/', httpOnly: true, sameSite: 'Strict', maxAge: COOKIE_S })
  return c.redirect('/in', 303)
}

/** The path to return to after signing in, once; `/` by default. */
export function takeReturnPath(c: Context): string {
  const path = getCookie(c, COOKIE)
  if (path === undefined) return '/'
  deleteCookie(c, COOKIE, { path: '/' })
  return ownPath(path) ?? '/'
}

/** Undefined for a path that leads to another host, as a forged cookie might. */
function ownPath(text: string): string | undefined {
  const base = 'http://telltale'
  const url = URL.parse(text, base)
  return text.startsWith('/') && url?.origin === base && !url.pathname.startsWith('//') ? url.pathname + url.search : undefined
}
