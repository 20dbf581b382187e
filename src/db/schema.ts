import type { ColumnType, Generated, GeneratedAlways } from 'kysely'

/** Every time in the database is an integer: milliseconds since 1970, UTC. */
export type Ms = number

/** Columns that the database fills in by a default and that code may also write. */
type Defaulted<T> = ColumnType<T, T | undefined, T>

export interface Schema {
  meta: { key: string; value: string }
  events: EventTable
  counters: { noun: string; state: string; queue: string; value: number }
  idempotency: IdempotencyTable
  tasks: TaskTable
  attempts: AttemptTable
  workers: WorkerTable
  sign_in_links: { hash: string; expires_at: Ms; used_at: Ms | null }
  sessions: { hash: string; name: string; role: string; created_at: Ms; seen_at: Ms; expires_at: Ms }
  tokens: TokenTable
  /** What each minute (since 1970) brought to a queue: tasks created, or ended so; how long they had waited and ran. */
  task_minutes: { queue: string; minute: number; outcome: string; tasks: number; wait_ms: number; wait_ms_max: number; run_ms: number }
  saved_views: { number: Generated<number>; name: string; panel: string; search: string; created_by: string; created_at: Ms }
  event_kinds: { sender: string; kind: string }
  settings: { id: string; value: string; at: Ms; author: string }
  /** The head of the log at certain times. */
  log_marks: { at: Ms; seq: number }
  upstream_cursors: { name: string; cursor: string; at: Ms }
}

export interface EventTable {
  seq: Generated<number>
  at: Ms
  kind: string
  subject: string
  actor: string
  source: Defaulted<string>
  source_id: string | null
  cause: number | null
  payload: string
  /** Null for this server's own. */
  sender: Defaulted<string | null>
}

export interface IdempotencyTable {
  principal: string
  key: string
  request_hash: string
  seq: number
  answer: string
  at: Ms
}

export interface TaskTable {
  number: Generated<number>
  id: GeneratedAlways<string>
  title: string
  description: string
  /** What the person sees: the shell line, or the arguments joined. */
  command: string
  /** JSON array: what the worker executes. */
  argv: string
  type: string | null
  queue: string
  project: string | null
  urgency: string
  /** Orders the queue: higher is claimed first; derived from urgency. */
  priority: number
  contract: string | null
  parent_task_id: string | null
  created_by: string
  state: string
  reason: string
  /** What the live process is doing: running, waiting-for-input, completed; null before its first run. */
  status: string | null
  attempt: Defaulted<number>
  max_attempts: number
  idempotent: number
  timeout_s: number | null
  unique_key: string | null
  fence: Defaulted<number>
  worker_id: string | null
  lease_ttl_ms: number
  beat_at: Ms | null
  run_at: Ms
  created_at: Ms
  claimed_at: Ms | null
  started_at: Ms | null
  finished_at: Ms | null
  cancel_requested_at: Ms | null
  cancel_requested_by: string | null
  exit_code: number | null
  error: string | null
  result: string | null
  /** Counts edits of the description, so that two editors cannot overwrite each other. */
  version: Defaulted<number>
  /** Why its output is gone, such as `after 30 days`. */
  output_removed: Defaulted<string | null>
  deleted_at: Ms | null
  /** What was asked for and can still be undone, 'cancel' or 'delete': when it takes effect, and who asked. */
  act: string | null
  act_at: Ms | null
  act_by: string | null
  /** JSON: how far its worker says it has come. */
  progress: string | null
}

export interface AttemptTable {
  task_id: string
  attempt: number
  fence: number
  worker_id: string
  pid: number | null
  claimed_at: Ms
  started_at: Ms | null
  finished_at: Ms | null
  outcome: string | null
  exit_code: number | null
  error: string | null
}

export interface WorkerTable {
  number: Generated<number>
  id: GeneratedAlways<string>
  name: string
  /** 'local': a process that this server launched; 'remote': it registered itself. */
  kind: string
  /** JSON array of queue names. */
  queues: string
  concurrency: number
  state: string
  reason: string
  host: string | null
  pid: number | null
  token_id: string | null
  launched_at: Ms
  beat_at: Ms | null
  stopped_at: Ms | null
  /** The lifecycle action that is under way, and since when. */
  transient: string | null
  transient_at: Ms | null
  deleted_at: Ms | null
}

export interface TokenTable {
  id: string
  name: string
  role: string
  hash: string
  created_at: Ms
  expires_at: Ms
  used_at: Ms | null
  revoked_at: Ms | null
  /** JSON array of the queues that a worker token is bound to; null for every queue. */
  queues: Defaulted<string | null>
  /** The token that created it; revoking that one revokes this one. */
  parent: Defaulted<string | null>
}
