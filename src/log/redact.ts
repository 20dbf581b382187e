import { LOCAL, type LoggedEvent } from './log.ts'
import { IDEMPOTENCY_MS, type Tx, WORK_IDEMPOTENCY_MS } from './mutate.ts'

/** Ids and fixed words, not text from people. */
const KEPT = ['task_id', 'state', 'status', 'urgency', 'worker_id', 'parent_task_id', 'transient_kind', 'finished_at', 'queue']
const keeps = (kind: string, field: string) => KEPT.includes(field) || (field === 'reason' && kind.endsWith('.deleted'))

/** The payload without text from people, marked `redacted`. Fields keep their types, so it still fits its kind. */
function redacted({ kind, payload }: Pick<LoggedEvent, 'kind' | 'payload'>): string {
  const fields = Object.entries(JSON.parse(payload) as Record<string, unknown>)
  return JSON.stringify({ ...Object.fromEntries(fields.map(([name, value]) => [name, keeps(kind, name) ? value : blank(value)])), redacted: true })
}

/** Redacts every local event about these subjects; seq, kind, time and actor stay. */
export async function redactAbout({ db }: Tx, subjects: readonly string[]) {
  const events = await db.selectFrom('events').select(['seq', 'kind', 'payload']).where('subject', 'in', subjects).where('source', '=', LOCAL).execute()
  for (const event of events) {
    await db
      .updateTable('events')
      .set({ payload: redacted(event) })
      .where('seq', '=', event.seq)
      .execute()
  }
}

export async function redactAnswers({ db }: Tx, subjects: readonly string[]) {
  const ids = subjects.map((subject) => subject.slice(subject.indexOf(':') + 1))
  const changed = await db.selectFrom('events').select('at').distinct().where('subject', 'in', subjects).where('source', '=', LOCAL).execute()
  const times = changed.flatMap(({ at }) => [at, at - (IDEMPOTENCY_MS - WORK_IDEMPOTENCY_MS)])
  for (const at of times) {
    const kept = await db.selectFrom('idempotency').select(['principal', 'key', 'answer']).where('at', '=', at).execute()
    for (const { principal, key, answer } of kept) {
      const row = db.updateTable('idempotency').where('principal', '=', principal).where('key', '=', key)
      if (ids.some((id) => answer.includes(`"${id}"`))) await row.set({ answer: JSON.stringify(without(JSON.parse(answer), ids)) }).execute()
    }
  }
}

function without(value: unknown, ids: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((each) => without(each, ids))
  const isGone = ids.includes(String((value as { id?: unknown }).id))
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, isGone && name !== 'id' && !KEPT.includes(name) ? blank(field) : without(field, ids)]),
  )
}

/** Redacts copies in memory: the new payload of an event about these subjects, or undefined. */
export function redacting(subjects: readonly string[]): (event: LoggedEvent) => string | undefined {
  const gone = new Set(subjects)
  return (event) => (gone.has(event.subject) && event.source === LOCAL ? redacted(event) : undefined)
}

function blank(value: unknown): unknown {
  if (typeof value === 'string') return ''
  if (Array.isArray(value)) return []
  return typeof value === 'object' && value !== null ? {} : value
}
