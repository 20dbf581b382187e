import Database from 'better-sqlite3'
import type { Acked } from './load.ts'

/** The problems of a database; none if every list is empty. */
export interface Findings {
  /** Lost acknowledged changes. */
  lost: string[]
  /** Duplicated changes. */
  doubled: string[]
  /** Missing sequence numbers. */
  holes: string[]
  /** Rows that contradict their events, and counters that contradict the rows. */
  torn: string[]
}

interface Event {
  seq: number
  kind: string
  subject: string
  payload: string
}

interface Row {
  id: string
  state: string
  description: string
  deleted_at: number | null
}

/** Compares the log, the rows and the acknowledged changes of a stopped server. */
export function verify(path: string, acked: readonly Acked[]): Findings {
  const file = new Database(path, { readonly: true })
  try {
    const events = file.prepare('SELECT seq, kind, subject, payload FROM events ORDER BY seq').all() as Event[]
    const rows = file.prepare('SELECT id, state, description, deleted_at FROM tasks').all() as Row[]
    return { lost: lost(events, acked), doubled: doubled(events, acked), holes: holes(events), torn: [...torn(events, rows), ...miscounted(file)] }
  } finally {
    file.close()
  }
}

export const isSound = ({ lost, doubled, holes, torn }: Findings) => [lost, doubled, holes, torn].every((list) => list.length === 0)

function lost(events: readonly Event[], acked: readonly Acked[]): string[] {
  const bySeq = new Map(events.map((event) => [event.seq, event]))
  return acked
    .filter(({ seq, kind, task, body }) => {
      const event = bySeq.get(seq)
      return !event || event.kind !== kind || event.subject !== `task:${task}` || !says(event, body)
    })
    .map(({ seq, kind, task }) => `${kind} of ${task} at ${seq}`)
}

/** The part of the request that the event records; the texts of a deleted task are removed soon after. */
function says({ payload }: Event, body: Record<string, unknown>): boolean {
  const said = JSON.parse(payload) as Record<string, unknown>
  if (said.redacted === true) return true
  return (['title', 'description'] as const).every((name) => body[name] === undefined || body[name] === said[name])
}

function doubled(events: readonly Event[], acked: readonly Acked[]): string[] {
  const seqs = new Map<number, string>()
  const twice = acked.filter(({ seq, key }) => {
    const other = seqs.get(seq)
    seqs.set(seq, key)
    return other !== undefined && other !== key
  })
  const seen = new Set<string>()
  const again = events.filter(({ kind, payload }) => {
    const { title, description, redacted } = JSON.parse(payload) as { title?: string; description?: string; redacted?: boolean }
    const mark = redacted ? undefined : kind === 'task.created' ? title : kind === 'task.description_changed' ? description : undefined
    if (mark === undefined) return false
    const isAgain = seen.has(mark)
    seen.add(mark)
    return isAgain
  })
  return [...twice.map(({ seq }) => `two requests were promised seq ${seq}`), ...again.map(({ kind, subject, seq }) => `${kind} of ${subject} again at ${seq}`)]
}

function holes(events: readonly Event[]): string[] {
  return events.flatMap(({ seq }, i) => (seq === (events[i - 1]?.seq ?? 0) + 1 ? [] : [`before ${seq}`]))
}

function torn(events: readonly Event[], rows: readonly Row[]): string[] {
  const told = new Map<string, Row & { created: number }>()
  for (const { kind, subject, payload } of events) {
    if (!kind.startsWith('task.')) continue
    const id = subject.slice('task:'.length)
    const row = told.get(id) ?? { id, state: '', description: '', deleted_at: null, created: 0 }
    const { state = row.state, description = row.description } = JSON.parse(payload) as Partial<Row>
    told.set(id, { id, state, description, deleted_at: kind === 'task.deleted' ? 1 : row.deleted_at, created: row.created + (kind === 'task.created' ? 1 : 0) })
  }
  const differing = rows.filter(({ id, state, description, deleted_at }) => {
    const log = told.get(id)
    return log?.created !== 1 || log.state !== state || log.description !== description || (log.deleted_at === null) !== (deleted_at === null)
  })
  const ids = new Set(rows.map(({ id }) => id))
  return [
    ...differing.map(({ id }) => `${id} is not what the log says`),
    ...[...told.values()].filter(({ id, deleted_at }) => !ids.has(id) && deleted_at === null).map(({ id }) => `${id} has events and no row`),
  ]
}

function miscounted(file: Database.Database): string[] {
  const counted = file.prepare("SELECT state, sum(value) AS value FROM counters WHERE noun = 'tasks' GROUP BY state HAVING value <> 0 ORDER BY state").all()
  const there = file.prepare('SELECT state, count(*) AS value FROM tasks WHERE deleted_at IS NULL GROUP BY state ORDER BY state').all()
  return JSON.stringify(counted) === JSON.stringify(there) ? [] : [`the counters say ${JSON.stringify(counted)}, the rows ${JSON.stringify(there)}`]
}
