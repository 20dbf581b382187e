import type { ServerResponse } from 'node:http'
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'

/** The raw response, for a stream that writes to it itself. */
export const outgoingOf = (c: Context): ServerResponse => (c.env as HttpBindings).outgoing as ServerResponse

/** What a handler returns once it has opened a stream. A fresh one each time: Hono's own constant is shared, so headers that one route adds would reach the next. */
export const streaming = () => new Response(null, { headers: { 'x-hono-already-sent': 'true' } })

/** Where a reader of a stream left off: an automatic reconnect sends the URL's old cursor and a newer header, which wins. */
export const cursorOf = (c: Context, name = 'since'): string | undefined => c.req.header('last-event-id') ?? c.req.query(name)
