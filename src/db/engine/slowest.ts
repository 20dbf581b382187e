const KEPT_MS = 3_600_000
const MOST = 20
const SQL_LENGTH = 500

export interface SlowStatement {
  sql: string
  ms: number
  /** Unix ms. */
  at: number
}

/** The slowest statements of the last hour, each with its slowest run. */
export class Slowest {
  readonly #kept = new Map<string, SlowStatement>()
  /** No faster one is among the slowest. */
  #least = 0

  /** Called for each query, so it must cost next to nothing for a fast one. */
  note(sql: string, ms: number) {
    if (ms <= this.#least) return
    const known = this.#kept.get(sql)
    if (known && ms <= known.ms && isFresh(known)) return
    this.#kept.set(sql, { sql: sql.replace(/\s+/g, ' ').trim().slice(0, SQL_LENGTH), ms, at: Date.now() })
    this.#shorten()
  }

  /** Slowest first. */
  list(): readonly SlowStatement[] {
    this.#shorten()
    return [...this.#kept.values()]
  }

  #shorten() {
    const fresh = [...this.#kept].filter(([, one]) => isFresh(one)).sort(([, a], [, b]) => b.ms - a.ms)
    this.#kept.clear()
    for (const [sql, one] of fresh.slice(0, MOST)) this.#kept.set(sql, one)
    this.#least = fresh[MOST - 1]?.[1].ms ?? 0
  }
}

const isFresh = ({ at }: SlowStatement) => at > Date.now() - KEPT_MS
