import type { App } from '../live/app.ts'
import type { Actor } from '../log/actor.ts'
import { LOCAL, type LoggedEvent } from '../log/log.ts'
import type { Clock } from '../time/clock.ts'
import { events } from './events.ts'

const ENDS = ['token_revoked', 'signed_out', 'session_ended']

/** Where other servers may end a credential, whose event may come late. */
const LONGEST_MS = 60_000

/** A cache of rows by the hash of their secret. The event that a credential has ended drops it and ends its streams. */
export class Credentials<Holder extends { actor: Actor }> {
  readonly #byHash = new Map<string, { holder: Holder; until: number }>()
  readonly #clock: Clock
  readonly #longestMs: number
  #drops = 0

  /** `kind` is what the subjects of its events begin with, such as `token:`. */
  constructor(app: App, kind: string) {
    this.#clock = app.clock
    this.#longestMs = app.database.isShared ? LONGEST_MS : Number.POSITIVE_INFINITY
    app.hub.listen((written) => {
      for (const event of written) {
        if (!isEnd(event) || !event.subject.startsWith(kind)) continue
        this.#drop(event.subject)
        app.streams.endOf(event.subject)
      }
    })
  }

  /** The cached holder, or what `load` finds. */
  async get(hash: string, load: () => Promise<Holder | undefined>): Promise<Holder | undefined> {
    const cached = this.#byHash.get(hash)
    const now = this.#clock.elapsed()
    if (cached && now < cached.until) return cached.holder
    const drops = this.#drops
    const holder = await load()
    // It may have ended since it was read.
    if (holder && drops === this.#drops) this.#byHash.set(hash, { holder, until: now + this.#longestMs })
    if (!holder) this.#byHash.delete(hash)
    return holder
  }

  cached(hash: string): Holder | undefined {
    return this.#byHash.get(hash)?.holder
  }

  #drop(subject: string) {
    this.#drops++
    for (const [hash, { holder }] of this.#byHash) if (holder.actor.credential?.startsWith(subject)) this.#byHash.delete(hash)
  }
}

const isEnd = ({ source, kind, payload }: LoggedEvent) => source === LOCAL && kind === events.changed.name && ENDS.includes(JSON.parse(payload).action)
