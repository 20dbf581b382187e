import type { ServerResponse } from 'node:http'
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'

export const outgoingOf = (c: Context): ServerResponse => (c.env as HttpBindings).outgoing as ServerResponse

/** Returned once a stream is open. Not Hono's own constant, which is shared, so that headers of one route would reach the next. */
export const streaming = () => new Response(null, { headers: { 'x-hono-already-sent': 'true' } })

/** The reader's cursor: on an automatic reconnect, the header is newer than the URL. */
export const cursorOf = (c: Context, name = 'since'): string | undefined => c.req.header('last-event-id') ?? c.req.query(name)
