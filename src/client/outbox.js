import { setTimeout as pause } from 'node:timers/promises'
import { FILE_BYTES, Unfit } from './spool.js'
import { backOff, isPassing, Refused, Unreachable } from './wire.js'

const HTTP_MS = 500
const ONLY_HTTP_MS = 5_000
const BATCH = 100
/** These statuses are about the event itself, so a retry is useless. */
const HOPELESS = [400, 413, 415, 422]

/** Sends events in order to the server or, if it does not respond, to the disk. Events that come during a request share the next one. */
export class Outbox {
  /** Settles once everything added so far is delivered, stored or refused. @type {Promise<unknown>} */
  idle = Promise.resolve()
  #wire
  #spool
  #flushes
  #patience
  #queue = []
  #isDelivering = false
  #isFlushing = false
  #isDue = false
  #closed = new AbortController()

  /** `flushes`: this process sends what is stored; otherwise the server reads the folder itself. */
  constructor(wire, spool, { flushes, patience = spool ? HTTP_MS : ONLY_HTTP_MS }) {
    this.#patience = patience
    this.#wire = wire
    this.#spool = spool
    this.#flushes = flushes
    if (flushes) void this.#flush()
  }

  async isBehind() {
    return (await this.#spool?.holds()) ?? false
  }

  /** Returns `{seq, duplicate}` or `{spooled}`. Throws Refused, and Unreachable if there is no folder to store it in. */
  add(text) {
    const until = performance.now() + this.#patience
    const delivered = new Promise((resolve, reject) => this.#queue.push({ text, until, resolve, reject }))
    this.idle = delivered.catch(() => {})
    void this.#deliverAll()
    return delivered
  }

  close() {
    this.#closed.abort()
  }

  async #deliverAll() {
    if (this.#isDelivering) return
    this.#isDelivering = true
    while (this.#queue.length > 0) await this.#deliver(this.#queue.splice(0, BATCH))
    this.#isDelivering = false
  }

  async #deliver(batch) {
    try {
      const answers = (await this.#send(batch)) ?? (await this.#keep(batch))
      for (const [i, { resolve }] of batch.entries()) resolve(answers[i])
    } catch (error) {
      if (batch.length === 1) return batch[0].reject(error)
      // One event may have failed the whole batch, so each is retried alone.
      for (const one of batch) await this.#deliver([one])
    }
  }

  async #send(batch) {
    const ms = batch[0].until - performance.now()
    if (await this.isBehind()) return undefined
    if (ms <= 0 && this.#spool) return undefined
    try {
      return await this.#wire.append(`[${batch.map(({ text }) => text)}]`, ms)
    } catch (error) {
      if (this.#spool && isPassing(error)) return undefined
      throw error
    }
  }

  async #keep(batch) {
    const texts = batch.map(({ text }) => text)
    if (texts.some((text) => new TextEncoder().encode(text).length >= FILE_BYTES)) {
      throw new Unreachable(`the server does not respond, and an event of more than ${FILE_BYTES / 1024} KiB cannot be stored on disk`)
    }
    const paths = await this.#spool.put(texts)
    if (this.#flushes) void this.#flush()
    return paths.map((spooled) => ({ spooled }))
  }

  async #flush() {
    this.#isDue = true
    if (this.#isFlushing) return
    this.#isFlushing = true
    const { signal } = this.#closed
    for (let failures = 0; this.#isDue && !signal.aborted; ) {
      try {
        this.#isDue = false
        for (const name of await this.#spool.names()) {
          if (!signal.aborted) await this.#flushOne(name)
          failures = 0
        }
      } catch {
        this.#isDue = true
        await pause(backOff(failures++), undefined, { signal, ref: false }).catch(() => {})
      }
    }
    this.#isFlushing = false
  }

  async #flushOne(name) {
    try {
      await this.#wire.append(await this.#spool.read(name), 10_000)
      await this.#spool.remove(name)
    } catch (error) {
      if (!(error instanceof Unfit || (error instanceof Refused && HOPELESS.includes(error.status)))) throw error
      await this.#spool.refuse(name, error.message)
    }
  }
}
