import { setTimeout as pause } from 'node:timers/promises'
import { FILE_BYTES, Unfit } from './spool.js'
import { backOff, isPassing, Refused, Unreachable } from './wire.js'

/** How long a server may take before an event goes to the disk instead, from the call on. */
const HTTP_MS = 500
/** The same without a disk to go to, where giving up sooner gains nothing. */
const ONLY_HTTP_MS = 5_000
/** The server's limit for one request. */
const BATCH = 100
/** What the server says about the event itself: it would say the same for ever. */
const HOPELESS = [400, 413, 415, 422]

/**
 * Events on their way, in the order of the calls: to the server at once, else to the disk. What comes while earlier
 * ones are under way goes with the next request, and what comes while earlier ones wait on the disk waits there too.
 */
export class Outbox {
  /** Settles when all that was added so far has been delivered, kept or refused.
   * @type {Promise<unknown>} */
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

  /**
   * @param {import('./wire.js').Wire} wire
   * @param {import('./spool.js').Spool | undefined} spool
   * @param {{ flushes: boolean, patience?: number }} how `flushes` where this process sends what waits; else the server
   *   itself takes it from its folder
   */
  constructor(wire, spool, { flushes, patience = spool ? HTTP_MS : ONLY_HTTP_MS }) {
    this.#patience = patience
    this.#wire = wire
    this.#spool = spool
    this.#flushes = flushes
    if (flushes) void this.#flush()
  }

  /** Whether earlier events wait on the disk. */
  async isBehind() {
    return (await this.#spool?.holds()) ?? false
  }

  /** Answers `{seq, duplicate}` or `{spooled}`. Throws Refused; Unreachable where there is no folder to keep it in.
   * @param {string} text JSON
   * @returns {Promise<{ seq: number, duplicate: boolean } | { spooled: string }>} */
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
      // All or nothing was refused, or did not fit: each alone, so that only the one at fault fails.
      for (const one of batch) await this.#deliver([one])
    }
  }

  /** Undefined when they have to wait on the disk. Throws Refused; Unreachable where there is no disk to wait on. */
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
      throw new Unreachable(`the server does not answer, and an event of more than ${FILE_BYTES / 1024} KiB cannot wait on the disk`)
    }
    const paths = await this.#spool.put(texts)
    if (this.#flushes) void this.#flush()
    return paths.map((spooled) => ({ spooled }))
  }

  /** Sends what waits, oldest first, until none does; a server that is down is tried again, later and later. */
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
