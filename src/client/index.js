import { basename, extname, join } from 'node:path'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { eventText } from './event.js'
import { Outbox } from './outbox.js'
import { Spool } from './spool.js'
import { Subscription } from './subscription.js'
import { backOff, isPassing, Unreachable, Wire } from './wire.js'

export { Missed } from './subscription.js'
export { Refused, Unreachable } from './wire.js'

/** A server restarts in less time than this. */
const PUBLISH_MS = 5_000
const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 1_000

/** @type {import('./index.js').connect} */
export const connect = (target = {}) => new Client(target)

/** @type {import('./index.js').is} */
export const is = (event, kind) => event.kind === kind

class Client {
  #wire
  #outbox

  constructor({ url, token, data = url === undefined ? 'data' : undefined, source = scriptName(), spool, patience }) {
    if (url !== undefined && data !== undefined) throw new TypeError('pass url or data, not both; with url, spool stores events while the server is down')
    const folder = data === undefined ? spool : join(data, 'inbox')
    this.source = source
    this.#wire = new Wire({ url, token, data })
    const flushes = data === undefined && spool !== undefined
    this.#outbox = new Outbox(this.#wire, folder === undefined ? undefined : new Spool(folder, source), { flushes, patience })
  }

  async publish(kind, payload, options) {
    const text = eventText(this.source, kind, payload, options)
    const until = performance.now() + PUBLISH_MS
    await this.#outbox.idle
    for (let failures = 0; ; failures++) {
      try {
        if (await this.#outbox.isBehind()) throw new Unreachable('earlier events of this source are still on disk, waiting for the server')
        const [item] = await this.#wire.append(text, until - performance.now())
        return item
      } catch (error) {
        const ms = Math.max(error.retryAfterMs ?? 0, backOff(failures, FIRST_PAUSE_MS, LONGEST_PAUSE_MS))
        if (!isPassing(error) || performance.now() + ms >= until) throw error
        await pause(ms)
      }
    }
  }

  async publishAuto(kind, payload, options) {
    return this.#outbox.add(eventText(this.source, kind, payload, options))
  }

  subscribe(options = {}) {
    return new Subscription(this.#wire, options).events()
  }

  close() {
    this.#outbox.close()
    this.#wire.close()
  }
}

function scriptName() {
  const path = process.argv[1] ?? ''
  return basename(path, extname(path)) || 'client'
}
