import type { App } from '../live/app.ts'
import type { Actor } from '../log/actor.ts'
import { LOCAL, type LoggedEvent } from '../log/log.ts'
import { events } from './events.ts'

const ENDS = ['token_revoked', 'signed_out', 'session_ended']

/** A cache of rows by the hash of their secret. The event that a credential has ended drops it and ends its streams. */
export class Credentials<Holder extends { actor: Actor }> {
  readonly #byHash = new Map<string, Holder>()
  #drops = 0

  /** `kind` is what the subjects of its events begin with, such as `token:`. */
  constructor(app: App, kind: string) {
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
    if (cached) return cached
    const drops = this.#drops
    const loaded = await load()
    // It may have ended since it was read.
    if (loaded && drops === this.#drops) this.#byHash.set(hash, loaded)
    return loaded
  }

  cached(hash: string): Holder | undefined {
    return this.#byHash.get(hash)
  }

  #drop(subject: string) {
    this.#drops++
    for (const [hash, { actor }] of this.#byHash) if (actor.credential?.startsWith(subject)) this.#byHash.delete(hash)
  }
}

const isEnd = ({ source, kind, payload }: LoggedEvent) => source === LOCAL && kind === events.changed.name && ENDS.includes(JSON.parse(payload).action)
