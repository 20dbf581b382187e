import type { Socket } from 'node:net'
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import { getCookie } from 'hono/cookie'
import { limits } from '../../access/limits.ts'
import * as sessions from '../../access/sessions.ts'
import * as tokens from '../../access/tokens.ts'
import { forbidden, Problem } from '../../input/problem.ts'
import type { App } from '../../live/app.ts'
import { type Actor, OWNER } from '../../log/actor.ts'
import { contentType, MAX_BODY_BYTES, MAX_FORM_BYTES } from '../body.ts'
import { Refusal, wantsHtml } from '../errors.ts'
import type { Env } from '../slice.ts'
import { type Address, addressOf, linkCommand, onOwnName } from './host.ts'
import { checkPath } from './path.ts'

const SAFE = ['GET', 'HEAD']
const UNSAFE = ['POST', 'PUT', 'PATCH', 'DELETE']
const BODY_TYPES = ['application/json', 'application/x-www-form-urlencoded']
const EVENT_TYPES = ['application/cloudevents+json', 'application/cloudevents-batch+json']
/** `__Host-` needs a secure context. Every browser but Safari treats a loopback address as one. */
export const COOKIES = ['__Host-telltale', 'telltale'] as const

const controlSockets = new WeakSet<object>()

/** Marks a connection to the control socket, which only the owner can open. */
export const trustSocket = (socket: Socket | object) => controlSockets.add(socket)

export const isTrusted = (socket: Socket | object) => controlSockets.has(socket)

export function isLocalOwner(c: Context): boolean {
  const socket = (c.env as Partial<HttpBindings> | undefined)?.incoming?.socket
  return socket !== undefined && controlSockets.has(socket)
}

/** Checks host, path, method, body and origin, and throws a refusal; may redirect a browser. Runs before every route, streams included. */
export function checkRequest(app: App, c: Context): Response | undefined {
  const address = isLocalOwner(c) ? undefined : mustBeOurs(app, c)
  checkPath(c)
  checkBody(c)
  checkSite(c, address)
  return address?.of === 'loopback' && isNavigation(c) ? c.redirect(onOwnName(app, c), 302) : undefined
}

/** The caller, by session cookie, bearer token or control socket. Throws unauthorized. */
export async function identify(app: App, c: Context): Promise<Actor> {
  const secret = sessionSecret(app, c)
  const bearer = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1]
  if (secret && bearer) throw new Problem('unauthorized', 'Send a session cookie or a bearer token, not both.')
  if (bearer) {
    const holder = await tokens.holderOf(app, bearer)
    if (holder) return holder
    throw new Problem('unauthorized', 'This token is not valid: it was revoked, has expired, or is incomplete.')
  }
  if (isLocalOwner(c)) return OWNER
  const holder = secret ? await sessions.holderOf(app, secret) : undefined
  if (!holder) throw new Problem('unauthorized', `Sign in with the link that the server printed, or make a new one on its computer: ${linkCommand(app, c)}`)
  return holder
}

export function checkRate(app: App, c: Context<Env>) {
  const { credential } = c.get('actor')
  if (credential === undefined || SAFE.includes(c.req.method)) return
  limits(app).writes.mustAllow(credential, 'This token or session makes too many changes. Slow down, or raise --writes-per-second.')
}

/** Only valid on a host name of our own: on 127.0.0.1, all ports share cookies. */
export function sessionSecret(app: App, c: Context): string | undefined {
  if (!isLocalOwner(c) && addressOf(app, c)?.of === 'loopback') return undefined
  return COOKIES.map((name) => getCookie(c, name)).find(Boolean)
}

function mustBeOurs(app: App, c: Context): Address {
  const address = addressOf(app, c)
  if (address) return address
  throw new Refusal(
    421,
    `This server does not answer for the host ${JSON.stringify(c.req.header('host') ?? '')}. Its address is in the sign-in link that this prints on its computer: ${linkCommand(app, c)}`,
  )
}

/** A page opened by a person. Programs, frames and requests of a page may use any of our names. */
function isNavigation(c: Context): boolean {
  const { method } = c.req
  const isDocument = (c.req.header('sec-fetch-mode') ?? 'navigate') === 'navigate' && (c.req.header('sec-fetch-dest') ?? 'document') === 'document'
  return SAFE.includes(method) && isDocument && wantsHtml(c) && !c.req.header('hx-request') && !c.req.header('authorization')
}

function checkBody(c: Context) {
  const { method } = c.req
  if (SAFE.includes(method)) return
  if (!UNSAFE.includes(method)) throw new Refusal(405, `The method ${method} is not used here.`, { Allow: [...SAFE, ...UNSAFE].join(', ') })
  const length = Number(c.req.header('content-length') ?? Number.NaN)
  const type = contentType(c)
  if (type === undefined) {
    if (length > 0 || c.req.header('transfer-encoding')) throw new Refusal(415, 'The body needs a Content-Type header.')
    return
  }
  if (c.req.path === '/csp') return
  if (![...BODY_TYPES, ...EVENT_TYPES].includes(type)) throw new Refusal(415, `Send ${BODY_TYPES.join(' or ')}, not ${type}.`)
  const most = type === BODY_TYPES[1] ? MAX_FORM_BYTES : MAX_BODY_BYTES
  if (length > most) throw new Refusal(413, `The body is larger than ${most / 1024} KiB.`)
}

/** A change must come from one of our own pages, or from no page at all. */
function checkSite(c: Context, address: Address | undefined) {
  const site = c.req.header('sec-fetch-site')
  const own = site === undefined || site === 'same-origin' || site === 'none'
  if (SAFE.includes(c.req.method)) {
    if (!own && c.req.header('sec-fetch-mode') !== 'navigate') throw forbidden('Refused: another site made this request in your name.')
    return
  }
  if (c.req.path === '/csp') return
  if (!own) throw forbidden('Refused: another site sent this in your name. Nothing was changed.')
  if (site !== undefined) return
  const origin = c.req.header('origin')
  if (origin === undefined ? c.req.header('cookie') !== undefined : origin !== address?.origin) {
    throw forbidden('Refused: this did not come from a page of this server. Nothing was changed.')
  }
}
