import { type BlockList, isIPv6 } from 'node:net'
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import type { App } from '../../live/app.ts'

const MAPPED = /^::ffff:(?=\d+\.)/i

interface Client {
  address: string
  isProxied: boolean
}

/** Reads `X-Forwarded-For` from declared proxies only: its last address that is not itself such a proxy. */
export function clientOf(app: App, c: Context): Client {
  const trusted = app.config['trusted-proxy']
  const peer = normal((c.env as Partial<HttpBindings> | undefined)?.incoming?.socket?.remoteAddress ?? '')
  if (!includes(trusted, peer)) return { address: peer, isProxied: false }
  const hops = (c.req.header('x-forwarded-for') ?? '').split(',').map((hop) => normal(hop.trim()))
  return { address: hops.findLast((hop) => hop && !includes(trusted, hop)) ?? peer, isProxied: true }
}

const normal = (address: string) => address.replace(MAPPED, '')

const includes = (list: BlockList | undefined, address: string) => list?.check(address, isIPv6(address) ? 'ipv6' : 'ipv4') === true
