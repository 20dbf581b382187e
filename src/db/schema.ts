import type { ColumnType, Generated, GeneratedAlways } from 'kysely'

/** Milliseconds since 1970, UTC: every time in the database. */
export type Ms = number

/** Has a default in the database, and may also be written. */
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
  /**
   * Tasks created or ended in a minute since 1970, by queue and outcome, with their total waiting and running times.
   */
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
  /** Null for this server's own events. */
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
  /** The shell command, or the arguments joined, for display. */
  command: string
  /** A JSON array: what the worker executes. */
  argv: string
  type: string | null
  queue: string
  project: string | null
  urgency: string
  priority: number
  contract: string | null
  parent_task_id: string | null
  created_by: string
  state: string
  reason: string
  /** The status of the process: running, waiting-for-input, completed; null before its first run. */
  status: string | null
  attempt: Defaulted<number>
  max_attempts: number
  idempotent: number
  timeout_s: number | null
  unique_key: string | null
  fence: Defaulted<number>
  worker_id: string | null
  lease_ttl_ms: number
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
  /** Counts edits of the description, to detect conflicting ones. */
  version: Defaulted<number>
  /** Why the output was removed, such as `after 30 days`. */
  output_removed: Defaulted<string | null>
  deleted_at: Ms | null
  /** A cancel or delete that can still be undone, when it takes effect, and its author. */
  act: string | null
  act_at: Ms | null
  act_by: string | null
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
  /** 'local' for a process of this server, 'remote' for one that registered itself. */
  kind: string
  queues: string
  concurrency: number
  state: string
  reason: string
  host: string | null
  pid: number | null
  token_id: string | null
  launched_at: Ms
  stopped_at: Ms | null
  /** The lifecycle action in progress, and since when. */
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
  /** A JSON array of the queues that a worker token is bound to; null for all. */
  queues: Defaulted<string | null>
  /** The token that created it; revoking that one revokes this one. */
  parent: Defaulted<string | null>
}
