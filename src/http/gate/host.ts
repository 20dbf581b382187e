import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import { commandLine } from '../../config/command.ts'
import type { App } from '../../live/app.ts'
import { clientOf } from './client-address.ts'

/** Names that DNS cannot redirect. Any port is accepted, as a tunnel may change it. */
const LOOPBACK = ['127.0.0.1', '[::1]', 'localhost', 'telltale.localhost']
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::\d{1,5})?$/
const HTTP_PORT = 80

/** Cookies ignore ports, so browsers use a name that no other server has (`own`), or the public one. Programs may use any loopback name. */
export interface Address {
  of: 'own' | 'public' | 'loopback'
  origin: string
}

/** Undefined for a name that is not ours, such as one that an attacker's DNS points here. */
export function addressOf(app: App, c: Context): Address | undefined {
  const host = hostOf(c)
  const [, name] = HOST.exec(host ?? '') ?? []
  if (host === undefined || name === undefined) return undefined
  const publicUrl = app.config['public-url']
  if (publicUrl && [publicUrl.host, `${publicUrl.hostname}:443`].includes(host)) return { of: 'public', origin: publicUrl.origin }
  const origin = `http://${host.replace(/:80$/, '')}`
  if (name === browserName(app)) return { of: 'own', origin }
  if (!LOOPBACK.includes(name)) return undefined
  // By default, a proxy sends the name of its upstream, not the one that the browser used.
  if (publicUrl && clientOf(app, c).isProxied) return { of: 'public', origin: publicUrl.origin }
  return { of: 'loopback', origin }
}

export const originOf = (app: App): string => app.config['public-url']?.origin ?? localOriginOf(app)

export const localOriginOf = (app: App): string => at(browserName(app), app.address.port)

export const programOriginOf = ({ config, address }: App): string => at(config.host === '::1' ? '[::1]' : '127.0.0.1', address.port)

/** Keeps the port, which may be a tunnel's. */
export function onOwnName(app: App, c: Context): string {
  const port = /:(\d+)$/.exec(hostOf(c) ?? '')?.[1] ?? HTTP_PORT
  return at(browserName(app), Number(port)) + (c.env as HttpBindings).incoming.url
}

/** The command that prints a sign-in link. Only callers on this computer are told where the data is: strangers use the public name, or one of their own. */
export function linkCommand(app: App, c: Context): string {
  const of = addressOf(app, c)?.of
  const isHere = of === 'own' || (of === 'loopback' && !app.config['public-url'])
  return isHere ? commandLine(app.config.data, 'open') : 'telltale open'
}

const browserName = ({ config, address }: App): string => config['browser-host'] ?? `${address.label}.localhost`

const at = (name: string, port: number) => `http://${name}${port === HTTP_PORT ? '' : `:${port}`}`

/** Undefined if it was sent twice, or together with an absolute request target. */
function hostOf(c: Context): string | undefined {
  const { incoming } = c.env as HttpBindings
  const sent = incoming.rawHeaders.filter((_, i, all) => i % 2 === 0 && all[i]?.toLowerCase() === 'host')
  return sent.length === 1 && incoming.url?.startsWith('/') ? c.req.header('host')?.toLowerCase() : undefined
}
