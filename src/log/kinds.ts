import { z } from 'zod'
import { bool, integer, kind, list, maybe, number, orNull, planned, record, text, words } from './fields.ts'

const author = { project_id: text, slug: text, author: text }
const entry = { run_id: text, item_id: text }
const message = { from: text, to: text, body: text, at: text }
const taskRow = {
  title: maybe(text),
  queue: maybe(text),
  command: maybe(text),
  max_attempts: maybe(integer),
  created_at: maybe(text),
  run_at: maybe(text),
  started_at: maybe(orNull(text)),
  finished_at: maybe(orNull(text)),
  worker_name: maybe(orNull(text)),
}
const workerRow = { name: maybe(text), concurrency: maybe(integer), host: maybe(orNull(text)), launched_at: maybe(text) }

/**
 * Every kind that this server knows. A field is never renamed, and a new one is optional and last. The type of `emit`,
 * its check at run time, the browser's event names and `/events` follow from it.
 */
export const KINDS = {
  'task.created': kind('a task is created, by whichever path', {
    task_id: text,
    state: text,
    urgency: text,
    contract: orNull(text),
    title: maybe(text),
    queue: maybe(text),
    project: maybe(orNull(text)),
    parent_task_id: maybe(orNull(text)),
    command: maybe(text),
    type: maybe(orNull(text)),
    max_attempts: maybe(integer),
    created_at: maybe(text),
    run_at: maybe(text),
    created_by: maybe(text),
  }),
  'task.state_changed': kind('its state really changed: claim, run, finish, fail, cancel, retry, lost', {
    task_id: text,
    state: text,
    reason: text,
    attempt: maybe(integer),
    worker_id: maybe(orNull(text)),
    exit_code: maybe(orNull(integer)),
    ...taskRow,
  }),
  'task.status': kind('what its live process is doing changed, whoever noticed', {
    task_id: text,
    status: words('running', 'waiting-for-input', 'completed'),
    finished_at: maybe(text),
    title: maybe(text),
    queue: maybe(text),
    state: maybe(text),
    worker_id: maybe(orNull(text)),
  }),
  'task.description_changed': kind('its description was edited', { task_id: text, description: text, title: maybe(text), queue: maybe(text) }),
  'task.deleted': kind('a task was deleted', { task_id: text, reason: text, title: maybe(text), queue: maybe(text) }),
  'worker.launched': kind('a worker was launched or registered itself', { worker_id: text, kind: text, queues: list(text), state: maybe(text), ...workerRow }),
  'worker.state_changed': kind('its state changed; not on a heartbeat', {
    worker_id: text,
    state: text,
    reason: text,
    kind: maybe(text),
    queues: maybe(list(text)),
    ...workerRow,
  }),
  'worker.stopped': kind('a worker stopped', { worker_id: text, reason: text, name: maybe(text) }),
  'worker.deleted': kind('a worker was deleted', { worker_id: text, name: maybe(text) }),
  'transient.set': kind('a lifecycle action started', {
    name: text,
    transient_kind: words('spawning', 'starting', 'stopping', 'restarting', 'rebuilding', 'destroying'),
    since_unix: integer,
    title: maybe(text),
  }),
  'transient.cleared': kind('that action ended, well or not', { name: text, ok: maybe(bool), error: maybe(text), title: maybe(text) }),
  'agent.state_changed': planned('an agent’s state changed', { agent_id: text, state: text, reason: text }),
  'approval.added': planned('an approval enters the queue', {
    id: text,
    agent: text,
    approval_kind: words('apply_commit', 'spawn', 'tool_use', 'generic'),
    sha_short: maybe(text),
    diff: maybe(text),
    description: maybe(text),
    risk: maybe(text),
    deadline_at: maybe(text),
  }),
  'approval.resolved': planned('it was decided, expired or withdrawn', {
    id: text,
    agent: text,
    approval_kind: text,
    sha_short: maybe(text),
    status: words('approved', 'denied', 'failed', 'expired', 'withdrawn', 'resolved_elsewhere'),
    resolved_at: text,
    note: maybe(text),
    description: maybe(text),
    resolved_by: maybe(text),
  }),
  'approval.delivered': planned('the asker received the decision, ran it or failed', { id: text, outcome: words('delivered', 'executed', 'failed') }),
  'question.added': planned('a question for the operator, or with a target for a peer', {
    id: text,
    asker: text,
    question: text,
    options: list(text),
    multi: bool,
    asked_at: text,
    deadline_at: maybe(text),
    target: maybe(text),
  }),
  'question.resolved': planned('it was answered, overridden, dismissed, or has expired', {
    id: text,
    answer: text,
    answerer: text,
    answered_at: text,
    cancelled: bool,
  }),
  'message.sent': planned('the broker accepted a message', message),
  'message.delivered': planned('it reached its reader', message),
  'pool.entry_added': planned('submit, or raw submit', { ...entry, source: text, adapter: text, raw: maybe(z.unknown()), group: record }),
  'pool.entry_state_changed': planned('the state of an entry changed', {
    ...entry,
    state: words('pending', 'stale', 'quarantined', 'reviewed', 'dropped'),
    reason: maybe(text),
    outcome: maybe(text),
  }),
  'pool.attraction_passes_bumped': planned('“Later” was pressed', { ...entry, count: integer }),
  'pool.forced_context_stored': planned('“Re-direct” was stored', entry),
  'project.created': planned('a new project', { project_id: text, slug: text, status: text, author: text }),
  'project.updated': planned('a project was edited', author),
  'project.deleted': planned('a project was deleted, softly', author),
  'project.folders_changed': planned('its folders changed', {
    project_id: text,
    action: words('add', 'remove', 'archive', 'unarchive'),
    path: text,
    author: text,
  }),
  'project.aliases_changed': planned('its aliases changed', { project_id: text, action: words('add', 'remove'), alias: text, author: text }),
  'project.description_confirmed': planned('a revision of its description was confirmed', { project_id: text, revision_id: text }),
  'component.health_changed': kind('a component became available or not; on transition only', {
    component_id: text,
    available: bool,
    reason: text,
    state: maybe(text),
  }),
  'component.preference_changed': planned('whether it is wanted was decided', { component_id: text, wanted: orNull(bool), reason: text }),
  'llm.call_logged': planned('a call was recorded', {
    model: text,
    task_id: orNull(text),
    input_tokens: integer,
    output_tokens: integer,
    estimated_cost_usd: orNull(number),
    execution_mode: text,
    cached: bool,
  }),
  'budget.crossed': planned('spending crossed a line', { budget_id: text, level: words('warn', 'stop'), spent_usd: number, limit_usd: number }),
  'cron.hot_reload': planned('the job files’ fingerprints changed, and not otherwise', { old_count: integer, new_count: integer }),
  'user_job.created': planned('a job’s file was written', { name: text, file_path: text }),
  'job.fired': planned('a schedule created its task', { job_id: text, task_id: text, scheduled_at: text, late_s: number }),
  'job.state_changed': planned('a job was paused, resumed or missed', { job_id: text, state: text, reason: text }),
  'access.changed': kind('a token was created or revoked, or a browser signed in or out; never with a secret', {
    principal: text,
    action: words('token_created', 'token_revoked', 'signed_in', 'signed_out', 'session_ended'),
    role: maybe(text),
    expires_at: maybe(text),
    author: text,
  }),
  'setting.changed': kind('a setting changed; never with the value of a secret', { setting_id: text, value: maybe(z.unknown()), author: text }),
} as const

export type Kind = keyof typeof KINDS
export type Payload<K extends Kind> = z.infer<(typeof KINDS)[K]['payload']>

export const isKnown = (kind: string): kind is Kind => Object.hasOwn(KINDS, kind)

export const KIND_NAME = /^[a-z][a-z0-9_-]{0,60}(\.[a-z0-9][a-z0-9_-]{0,60}){1,7}$/

export const EVERY_KIND = '*'

/** True if a pattern equals `kind`, or ends in a dot and is a prefix of it. */
export function isNamed(kind: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => (pattern.endsWith('.') ? kind.startsWith(pattern) : kind === pattern || pattern === EVERY_KIND))
}
