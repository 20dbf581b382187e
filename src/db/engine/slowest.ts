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
  #kept: SlowStatement[] = []

  note(sql: string, ms: number) {
    const last = this.#kept[MOST - 1]
    const at = Date.now()
    if (last && ms <= last.ms && last.at > at - KEPT_MS) return
    const text = sql.replace(/\s+/g, ' ').trim().slice(0, SQL_LENGTH)
    const fresh = this.list().filter((one) => one.sql !== text || one.ms > ms)
    if (!fresh.some((one) => one.sql === text)) fresh.push({ sql: text, ms, at })
    this.#kept = fresh.sort((a, b) => b.ms - a.ms).slice(0, MOST)
  }

  /** Slowest first. */
  list(): readonly SlowStatement[] {
    const since = Date.now() - KEPT_MS
    return this.#kept.filter(({ at }) => at > since)
  }
}
