import type { Context, MiddlewareHandler } from 'hono'
import type { Env } from './slice.ts'

/** No inline script or style, no eval, nothing from other hosts; HTML only through the page's own trusted types. */
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

export const SECURITY_HEADERS: Record<string, string> = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), usb=()',
}

/** These need no document headers, which would outweigh the file. */
const FILE = /^(text\/css|image\/)/
const FILE_HEADERS = ['X-Content-Type-Options', 'Cross-Origin-Resource-Policy']

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
