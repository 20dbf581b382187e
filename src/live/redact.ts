import type { App } from './app.ts'
import { firehose } from './firehose.ts'
import { LOCAL, type LoggedEvent } from './log.ts'
import type { Tx } from './mutate.ts'

/** Fields that hold an id or one of a few words: they say what happened, and nothing of what somebody wrote. */
const KEPT = ['task_id', 'state', 'status', 'urgency', 'worker_id', 'parent_task_id', 'transient_kind', 'finished_at', 'queue']
/** Why a thing was deleted is the server's sentence. */
const keeps = (kind: string, field: string) => KEPT.includes(field) || (field === 'reason' && kind.endsWith('.deleted'))

/** The payload without what somebody wrote, and marked so: every field keeps its type, so it is still one of its kind. */
export function redacted({ kind, payload }: Pick<LoggedEvent, 'kind' | 'payload'>): string {
  const fields = Object.entries(JSON.parse(payload) as Record<string, unknown>)
  return JSON.stringify({ ...Object.fromEntries(fields.map(([name, value]) => [name, keeps(kind, name) ? value : blank(value)])), redacted: true })
}

/** Takes the text out of every event about these subjects; each keeps its seq, kind, time and actor. */
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

/** The same for what readers of the log are given from memory, once the change is committed. */
export function forgetAbout(app: App, subjects: readonly string[]) {
  const gone = new Set(subjects)
  firehose(app).rewrite((event) => (gone.has(event.subject) && event.source === LOCAL ? redacted(event) : undefined))
}

function blank(value: unknown): unknown {
  if (typeof value === 'string') return ''
  if (Array.isArray(value)) return []
  return typeof value === 'object' && value !== null ? {} : value
}
