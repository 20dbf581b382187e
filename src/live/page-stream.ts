import type { ServerResponse } from 'node:http'
import { notFound } from '../input/problem.ts'
import type { Actor } from '../log/actor.ts'
import { headAbout, parseCursor } from '../log/log.ts'
import type { App } from './app.ts'
import type { Sink } from './channel.ts'
import { frame, nudgeFrame } from './frame.ts'

/** Where and for whom a stream is opened. */
interface Request {
  outgoing: ServerResponse
  actor: Actor
}

/** EventSource ignores comments, so a page's watchdog needs a named frame. */
const PING_MS = 15_000
const PANEL_PING_MS = 30_000
/** A page watches the few things that it shows; all tabs of a browser share one stream. */
const MAX_WATCHED = 200
/** A slice's name, or a subject such as `task:t_9`. */
const WATCHABLE = /^[a-z-]{1,40}(:[^\s:]{1,200})?$/

/** `since` is the page's cursor; `build` changes with the code and the assets, so that an open page knows that it is out of date. */
interface PageQuery {
  watch: readonly string[]
  since: string | undefined
  build: string
}

/**
 * `GET /ui/stream?since=<cursor>&watch=task:t_9`: a page's only connection. It begins with `ready`, which lists what is
 * newer than the cursor, so that no change is missed between rendering and connecting.
 */
export async function pageStream(app: App, { outgoing, actor }: Request, { watch, since, build }: PageQuery) {
  const watched = watch.filter((topic) => WATCHABLE.test(topic)).slice(0, MAX_WATCHED)
  const cursor = parseCursor(since, app.epoch)
  const stream = app.streams.open(outgoing, actor, 'page')
  // Subscribes before it reads: a change in between waits in the channel until after `ready`.
  let silent = true
  const sink: Sink = {
    write: (bytes) => stream.write(bytes),
    get blocked() {
      return silent || stream.blocked
    },
  }
  const channel = app.hub.subscribe(sink, new Set([...app.hub.loud, ...watched]))
  stream.onDrain(() => channel.drain())
  stream.onClose(() => app.hub.unsubscribe(channel))
  const panels = await versions(app, watched)
  const resumed = cursor !== null && cursor.epoch === app.epoch && cursor.seq <= app.hub.head
  if (cursor) app.streams.resumes[!resumed ? 'reset' : Object.values(panels).some((at) => at > cursor.seq) ? 'partial' : 'full']++
  const ready = { epoch: app.epoch, seq: app.hub.head, resumed, panels, server_time: new Date(app.clock.now()).toISOString(), build }
  stream.write(frame({ event: 'ready', data: ready, retry: 1000 }))
  silent = false
  channel.drain()
  stream.every(PING_MS, () => channel.send(frame({ event: 'ping', data: { seq: app.hub.head } })))
}

/** `GET /ui/sse/<panel>`: one panel's nudges, the first at once. */
export function panelStream(app: App, { outgoing, actor }: Request, panel: string) {
  if (!app.hub.topics.includes(panel)) throw notFound(`There is no panel ${panel}.`)
  const stream = app.streams.open(outgoing, actor, 'panel')
  const channel = app.hub.subscribe(stream, new Set([panel]))
  stream.onDrain(() => channel.drain())
  stream.onClose(() => app.hub.unsubscribe(channel))
  stream.write(nudgeFrame(panel, app.hub.version(panel), app.epoch))
  stream.every(PANEL_PING_MS, () => channel.send(frame({ event: 'ping', data: { seq: app.hub.head } })))
}

async function versions(app: App, watched: readonly string[]): Promise<Record<string, number>> {
  const all = Object.fromEntries(app.hub.loud.map((panel) => [panel, app.hub.version(panel)]))
  for (const topic of watched) {
    if (app.hub.topics.includes(topic)) all[topic] = app.hub.version(topic)
    else if (topic.includes(':')) all[topic] = await headAbout(app.db, topic)
  }
  return all
}
