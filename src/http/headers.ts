import type { Context, MiddlewareHandler } from 'hono'
import type { Env } from './slice.ts'

/** No inline script, no inline style, no eval, nothing from elsewhere; HTML only through the page's own policies. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "object-src 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types default',
  'report-uri /csp',
].join('; ')

/** On every answer, whatever made it. */
export const SECURITY_HEADERS: Record<string, string> = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), usb=()',
}

/** A stylesheet or an icon is no document: what governs one would weigh more than the file. */
const FILE = /^(text\/css|image\/)/
const FILE_HEADERS = ['X-Content-Type-Options', 'Cross-Origin-Resource-Policy']

/** Sets the security headers on a response that no middleware sees, such as the refusal of a stream. */
export function secure(c: Context) {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.header(name, value)
  c.header('Cache-Control', 'no-store')
}

export function secureHeaders(): MiddlewareHandler<Env> {
  return async (c, next) => {
    await next()
    const isFile = FILE.test(c.res.headers.get('Content-Type') ?? '')
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) if (!isFile || FILE_HEADERS.includes(name)) c.res.headers.set(name, value)
    if (!c.res.headers.has('Cache-Control')) c.res.headers.set('Cache-Control', 'no-store')
  }
}
