import type { ColumnType, Generated, GeneratedAlways } from 'kysely'

export type Ms = number

type Defaulted<T> = ColumnType<T, T | undefined, T>

export interface Schema {
  meta: { key: string; value: string }
  events: EventTable
  counters: { noun: string; state: string; queue: string; value: number }
  idempotency: IdempotencyTable
  tasks: TaskTable
  attempts: AttemptTable
  failure_lines: { number: number; attempt: number; lines: string }
  task_dependencies: { task_id: string; after_id: string; on_end: string }
  workers: WorkerTable
  sign_in_links: { hash: string; expires_at: Ms; used_at: Ms | null }
  sessions: { hash: string; name: string; role: string; created_at: Ms; seen_at: Ms; expires_at: Ms }
  tokens: TokenTable
  task_minutes: { queue: string; minute: number; outcome: string; tasks: number; wait_ms: number; wait_ms_max: number; run_ms: number }
  queue_pauses: { queue: string; reason: string; until: Ms | null; author: string; at: Ms }
  queue_limits: QueueLimitsTable
  saved_views: { number: Generated<number>; name: string; panel: string; search: string; created_by: string; created_at: Ms }
  event_kinds: { sender: string; kind: string }
  settings: { id: string; value: string; at: Ms; author: string }
  log_marks: { at: Ms; seq: number }
  slice_migrations: { name: string; at: Ms }
  /** On PostgreSQL only, as are contacts and reservations. */
  leases: { task_id: string; fence: number; worker_id: string; ttl_ms: Ms; beat_at: Ms }
  contacts: { worker_id: string; heard_at: Ms }
  reservations: { key: string; holder: string; until: Ms }
  /** As are outputs and their chunks. */
  task_outputs: { task_id: string; attempt: number; size: number; kept_from: number; cut_lines: number; grew_at: Ms }
  task_output: { task_id: string; attempt: number; start: number; stream: string; lines: number; bytes: Buffer; at: Ms | null }
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
  command: string
  argv: string
  type: string | null
  cwd: Defaulted<string | null>
  env: Defaulted<string>
  stdin: Defaulted<string>
  queue: string
  project: string | null
  urgency: string
  priority: number
  contract: string | null
  parent_task_id: string | null
  created_by: string
  state: string
  reason: string
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
  version: Defaulted<number>
  output_removed: Defaulted<string | null>
  deleted_at: Ms | null
  act: string | null
  act_at: Ms | null
  act_by: string | null
  progress: string | null
  acknowledged_at: Ms | null
  acknowledged_by: string | null
  acknowledged_note: string | null
  /** How many of the tasks that it waits for are not done yet; null if it waits for none. */
  waits_for: number | null
  /** Of a step: its pipeline, and its name there. */
  pipeline_id: Defaulted<string | null>
  step: Defaulted<string | null>
  /** Of a pipeline, which no worker takes: its state is that of its steps. */
  step_count: Defaulted<number | null>
}

export interface QueueLimitsTable {
  queue: string
  concurrency: number | null
  /** Tasks in each `per_ms`; both or neither. */
  rate: number | null
  per_ms: Ms | null
  full_at: Defaulted<Ms>
  author: string
  at: Ms
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
  queues: Defaulted<string | null>
  /** The token that created it and whose revocation includes it. */
  parent: Defaulted<string | null>
}
