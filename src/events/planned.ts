import { z } from 'zod'
import { bool, integer, list, maybe, number, orNull, record, text, words } from '../log/fields.ts'
import { planned } from '../log/kinds.ts'

const author = { project_id: text, slug: text, author: text }
const entry = { run_id: text, item_id: text }
const message = { from: text, to: text, body: text, at: text }

/** Kinds that programs may send, and that nothing here emits yet. */
export const PLANNED = [
  planned('agent.state_changed', 'an agent’s state changed', { agent_id: text, state: text, reason: text }),
  planned('approval.added', 'an approval enters the queue', {
    id: text,
    agent: text,
    approval_kind: words('apply_commit', 'spawn', 'tool_use', 'generic'),
    sha_short: maybe(text),
    diff: maybe(text),
    description: maybe(text),
    risk: maybe(text),
    deadline_at: maybe(text),
  }),
  planned('approval.resolved', 'it was decided, expired or withdrawn', {
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
  planned('approval.delivered', 'the asker received the decision, ran it or failed', { id: text, outcome: words('delivered', 'executed', 'failed') }),
  planned('question.added', 'a question for the operator, or with a target for a peer', {
    id: text,
    asker: text,
    question: text,
    options: list(text),
    multi: bool,
    asked_at: text,
    deadline_at: maybe(text),
    target: maybe(text),
  }),
  planned('question.resolved', 'it was answered, overridden, dismissed, or has expired', {
    id: text,
    answer: text,
    answerer: text,
    answered_at: text,
    cancelled: bool,
  }),
  planned('message.sent', 'the broker accepted a message', message),
  planned('message.delivered', 'it reached its reader', message),
  planned('pool.entry_added', 'submit, or raw submit', { ...entry, source: text, adapter: text, raw: maybe(z.unknown()), group: record }),
  planned('pool.entry_state_changed', 'the state of an entry changed', {
    ...entry,
    state: words('pending', 'stale', 'quarantined', 'reviewed', 'dropped'),
    reason: maybe(text),
    outcome: maybe(text),
  }),
  planned('pool.attraction_passes_bumped', '“Later” was pressed', { ...entry, count: integer }),
  planned('pool.forced_context_stored', '“Re-direct” was stored', entry),
  planned('project.created', 'a new project', { project_id: text, slug: text, status: text, author: text }),
  planned('project.updated', 'a project was edited', author),
  planned('project.deleted', 'a project was deleted, softly', author),
  planned('project.folders_changed', 'its folders changed', {
    project_id: text,
    action: words('add', 'remove', 'archive', 'unarchive'),
    path: text,
    author: text,
  }),
  planned('project.aliases_changed', 'its aliases changed', { project_id: text, action: words('add', 'remove'), alias: text, author: text }),
  planned('project.description_confirmed', 'a revision of its description was confirmed', { project_id: text, revision_id: text }),
  planned('component.preference_changed', 'whether it is wanted was decided', { component_id: text, wanted: orNull(bool), reason: text }),
  planned('llm.call_logged', 'a call was recorded', {
    model: text,
    task_id: orNull(text),
    input_tokens: integer,
    output_tokens: integer,
    estimated_cost_usd: orNull(number),
    execution_mode: text,
    cached: bool,
  }),
  planned('budget.crossed', 'spending crossed a line', { budget_id: text, level: words('warn', 'stop'), spent_usd: number, limit_usd: number }),
  planned('cron.hot_reload', 'the job files’ fingerprints changed, and not otherwise', { old_count: integer, new_count: integer }),
  planned('user_job.created', 'a job’s file was written', { name: text, file_path: text }),
  planned('job.fired', 'a schedule created its task', { job_id: text, task_id: text, scheduled_at: text, late_s: number }),
  planned('job.state_changed', 'a job was paused, resumed or missed', { job_id: text, state: text, reason: text }),
]
