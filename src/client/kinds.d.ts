// Written from the kinds of every slice by its test: vitest run -u test/client/kinds.test.ts

export interface Payloads {
  /** a token was created or revoked, a browser signed in or out, or a secret was set or removed; never with a secret’s value */
  'access.changed': {
    principal: string
    action: 'token_created' | 'token_revoked' | 'signed_in' | 'signed_out' | 'session_ended' | 'secret_set' | 'secret_removed'
    role?: string
    expires_at?: string
    author: string
  }
  /** an agent’s state changed */
  'agent.state_changed': { agent_id: string; state: string; reason: string }
  /** an approval enters the queue */
  'approval.added': {
    id: string
    agent: string
    approval_kind: 'apply_commit' | 'spawn' | 'tool_use' | 'generic'
    sha_short?: string
    diff?: string
    description?: string
    risk?: string
    deadline_at?: string
  }
  /** the asker received the decision, ran it or failed */
  'approval.delivered': { id: string; outcome: 'delivered' | 'executed' | 'failed' }
  /** it was decided, expired or withdrawn */
  'approval.resolved': {
    id: string
    agent: string
    approval_kind: string
    sha_short?: string
    status: 'approved' | 'denied' | 'failed' | 'expired' | 'withdrawn' | 'resolved_elsewhere'
    resolved_at: string
    note?: string
    description?: string
    resolved_by?: string
  }
  /** spending crossed a line */
  'budget.crossed': { budget_id: string; level: 'warn' | 'stop'; spent_usd: number; limit_usd: number }
  /** a component became available or unavailable; on transition only */
  'component.health_changed': { component_id: string; available: boolean; reason: string; state?: string }
  /** whether it is wanted was decided */
  'component.preference_changed': { component_id: string; wanted: boolean | null; reason: string }
  /** the job files’ fingerprints changed, and not otherwise */
  'cron.hot_reload': { old_count: number; new_count: number }
  /** a schedule created its task */
  'job.fired': { job_id: string; task_id: string; scheduled_at: string; late_s: number }
  /** a job was paused, resumed or missed */
  'job.state_changed': { job_id: string; state: string; reason: string }
  /** a call was recorded */
  'llm.call_logged': {
    model: string
    task_id: string | null
    input_tokens: number
    output_tokens: number
    estimated_cost_usd: number | null
    execution_mode: string
    cached: boolean
  }
  /** it reached its reader */
  'message.delivered': { from: string; to: string; body: string; at: string }
  /** the broker accepted a message */
  'message.sent': { from: string; to: string; body: string; at: string }
  /** “Later” was pressed */
  'pool.attraction_passes_bumped': { run_id: string; item_id: string; count: number }
  /** submit, or raw submit */
  'pool.entry_added': { run_id: string; item_id: string; source: string; adapter: string; raw?: unknown; group: Record<string, unknown> }
  /** the state of an entry changed */
  'pool.entry_state_changed': {
    run_id: string
    item_id: string
    state: 'pending' | 'stale' | 'quarantined' | 'reviewed' | 'dropped'
    reason?: string
    outcome?: string
  }
  /** “Re-direct” was stored */
  'pool.forced_context_stored': { run_id: string; item_id: string }
  /** its aliases changed */
  'project.aliases_changed': { project_id: string; action: 'add' | 'remove'; alias: string; author: string }
  /** a new project */
  'project.created': { project_id: string; slug: string; status: string; author: string }
  /** a project was deleted, softly */
  'project.deleted': { project_id: string; slug: string; author: string }
  /** a revision of its description was confirmed */
  'project.description_confirmed': { project_id: string; revision_id: string }
  /** its folders changed */
  'project.folders_changed': { project_id: string; action: 'add' | 'remove' | 'archive' | 'unarchive'; path: string; author: string }
  /** a project was edited */
  'project.updated': { project_id: string; slug: string; author: string }
  /** a question for the operator, or with a target for a peer */
  'question.added': { id: string; asker: string; question: string; options: string[]; multi: boolean; asked_at: string; deadline_at?: string; target?: string }
  /** it was answered, overridden, dismissed, or has expired */
  'question.resolved': { id: string; answer: string; answerer: string; answered_at: string; cancelled: boolean }
  /** the limits of a queue were set or removed */
  'queue.limits_changed': { queue: string; concurrency: number | null; rate: string | null }
  /** a queue was paused, or resumed */
  'queue.state_changed': { queue: string; state: 'paused' | 'open'; reason: string; until?: string }
  /** a setting changed; never with the value of a secret */
  'setting.changed': { setting_id: string; value?: unknown; author: string }
  /** someone acknowledged its failure */
  'task.acknowledged': { task_id: string; note?: string; title?: string; queue?: string }
  /** a task is created, by whichever path */
  'task.created': {
    task_id: string
    state: string
    urgency: string
    contract: string | null
    title?: string
    queue?: string
    project?: string | null
    parent_task_id?: string | null
    command?: string
    type?: string | null
    max_attempts?: number
    created_at?: string
    run_at?: string
    created_by?: string
  }
  /** a task was deleted */
  'task.deleted': { task_id: string; reason: string; title?: string; queue?: string }
  /** its description was edited */
  'task.description_changed': { task_id: string; description: string; title?: string; queue?: string }
  /** a person answered its running command; what was typed is not stored */
  'task.input_sent': { task_id: string; attempt: number; key: string | null; secret: boolean; title?: string; queue?: string }
  /** someone let it start before its time */
  'task.made_due': { task_id: string; run_at: string; title?: string; queue?: string }
  /** its state changed: claimed, running, finished, failed, cancelled, retried or lost */
  'task.state_changed': {
    task_id: string
    state: string
    reason: string
    attempt?: number
    worker_id?: string | null
    exit_code?: number | null
    title?: string
    queue?: string
    command?: string
    max_attempts?: number
    created_at?: string
    run_at?: string
    started_at?: string | null
    finished_at?: string | null
    worker_name?: string | null
  }
  /** what its live process is doing changed, whoever noticed */
  'task.status': {
    task_id: string
    status: 'running' | 'waiting-for-input' | 'completed'
    finished_at?: string
    title?: string
    queue?: string
    state?: string
    worker_id?: string | null
  }
  /** an acknowledgement was undone */
  'task.unacknowledged': { task_id: string; title?: string; queue?: string }
  /** that action ended, successfully or not */
  'transient.cleared': { name: string; ok?: boolean; error?: string; title?: string }
  /** a lifecycle action started */
  'transient.set': {
    name: string
    transient_kind: 'spawning' | 'starting' | 'stopping' | 'restarting' | 'rebuilding' | 'destroying'
    since_unix: number
    title?: string
  }
  /** a job’s file was written */
  'user_job.created': { name: string; file_path: string }
  /** a worker was deleted */
  'worker.deleted': { worker_id: string; name?: string }
  /** a worker was launched or registered itself */
  'worker.launched': {
    worker_id: string
    kind: string
    queues: string[]
    state?: string
    name?: string
    concurrency?: number
    host?: string | null
    launched_at?: string
  }
  /** its state changed; not on a heartbeat */
  'worker.state_changed': {
    worker_id: string
    state: string
    reason: string
    kind?: string
    queues?: string[]
    name?: string
    concurrency?: number
    host?: string | null
    launched_at?: string
  }
  /** a worker stopped */
  'worker.stopped': { worker_id: string; reason: string; name?: string }
}
