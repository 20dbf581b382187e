import type { Context, Next } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'

const COOKIE = 'telltale-asked'
/** As long as a sign-in link lives. */
const COOKIE_S = 600

/** Sends a browser to sign in, and remembers the page that it asked for. */
export function askToSignIn(c: Context): Response {
  const { pathname, search } = new URL(c.req.url)
  setCookie(c, COOKIE, pathname + search, { path: '/', httpOnly: true, sameSite: 'Strict', maxAge: COOKIE_S })
  return c.redirect('/in', 303)
}

/** The first page, to which a sign-in leads: once, it is the one that was asked for before. */
export async function toPageAskedFor(c: Context, next: Next): Promise<Response | void> {
  const asked = getCookie(c, COOKIE)
  if (asked === undefined) return next()
  deleteCookie(c, COOKIE, { path: '/' })
  const path = ownPath(asked) ?? '/'
  return path === '/' ? next() : c.redirect(path, 302)
}

/** The path of a page of ours. A cookie may come from another port of this host: what leads elsewhere, also by two slashes, is none. */
function ownPath(text: string): string | undefined {
  const base = 'http://telltale'
  const url = URL.parse(text, base)
  return text.startsWith('/') && url?.origin === base && !url.pathname.startsWith('//') ? url.pathname + url.search : undefined
}
