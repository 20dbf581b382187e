import { bool, integer, maybe, orNull, text, words } from '../log/fields.ts'
import { type Fields, kind } from '../log/kinds.ts'

const row = {
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

export const events = {
  created: kind(
    'task.created',
    'a task is created, by whichever path',
    {
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
    },
    { sentence: ({ queue }, task) => `${task} was put in ${queue ?? 'the queue'}` },
  ),
  stateChanged: kind(
    'task.state_changed',
    'its state changed: claimed, running, finished, failed, cancelled, retried or lost',
    {
      task_id: text,
      state: text,
      reason: text,
      attempt: maybe(integer),
      worker_id: maybe(orNull(text)),
      exit_code: maybe(orNull(integer)),
      ...row,
    },
    { sentence: moved, isNews: ({ state }) => state !== 'claimed' },
  ),
  status: kind(
    'task.status',
    'what its live process is doing changed, whoever noticed',
    {
      task_id: text,
      status: words('running', 'waiting-for-input', 'completed'),
      finished_at: maybe(text),
      title: maybe(text),
      queue: maybe(text),
      state: maybe(text),
      worker_id: maybe(orNull(text)),
    },
    {
      sentence({ status }, task) {
        if (status === 'waiting-for-input') return `${task} is waiting for input`
        return status === 'completed' ? `the process of ${task} has ended` : `the process of ${task} is ${status}`
      },
      isNews: ({ status }) => status === 'waiting-for-input',
    },
  ),
  inputSent: kind(
    'task.input_sent',
    'a person answered its running command; what was typed is not stored',
    { task_id: text, attempt: integer, key: orNull(text), secret: bool, title: maybe(text), queue: maybe(text) },
    { sentence: ({ key }, task) => (key === null ? `${task} was answered` : `${task} was sent the key ${key}`) },
  ),
  descriptionChanged: kind(
    'task.description_changed',
    'its description was edited',
    { task_id: text, description: text, title: maybe(text), queue: maybe(text) },
    { sentence: (_, task) => `${task} has a new description` },
  ),
  madeDue: kind(
    'task.made_due',
    'someone let it start before its time',
    { task_id: text, run_at: text, title: maybe(text), queue: maybe(text) },
    { sentence: (_, task) => `${task} may start now` },
  ),
  acknowledged: kind(
    'task.acknowledged',
    'someone acknowledged its failure',
    { task_id: text, note: maybe(text), title: maybe(text), queue: maybe(text) },
    { sentence: ({ note }, task) => `the failure of ${task} was acknowledged${note ? `: ${note}` : ''}` },
  ),
  unacknowledged: kind(
    'task.unacknowledged',
    'an acknowledgement was undone',
    { task_id: text, title: maybe(text), queue: maybe(text) },
    { sentence: (_, task) => `the failure of ${task} is no longer acknowledged` },
  ),
  deleted: kind(
    'task.deleted',
    'a task was deleted',
    { task_id: text, reason: text, title: maybe(text), queue: maybe(text) },
    { sentence: (_, task) => `${task} was deleted` },
  ),
}

const ACTIONS: Record<string, string> = { spawning: 'being launched', rebuilding: 'being rebuilt', destroying: 'being deleted' }

/** A lifecycle action on a task or a worker. */
export const transients = {
  set: kind(
    'transient.set',
    'a lifecycle action started',
    {
      name: text,
      transient_kind: words('spawning', 'starting', 'stopping', 'restarting', 'rebuilding', 'destroying'),
      since_unix: integer,
      title: maybe(text),
    },
    {
      sentence: ({ transient_kind }, thing) => `${thing} is ${ACTIONS[String(transient_kind)] ?? transient_kind}`,
      // A worker's next state says the same.
      isNews: (_, { subject }) => !subject.startsWith('worker:'),
    },
  ),
  cleared: kind(
    'transient.cleared',
    'that action ended, successfully or not',
    { name: text, ok: maybe(bool), error: maybe(text), title: maybe(text) },
    {
      sentence: ({ ok, error }, thing) => (ok === false ? `the action on ${thing} failed: ${error ?? 'no reason given'}` : `the action on ${thing} completed`),
      isNews: ({ ok }, { subject }) => ok === false && !subject.startsWith('worker:'),
    },
  ),
}

const VERBS: Record<string, string> = {
  succeeded: 'succeeded',
  failed: 'failed',
  cancelled: 'was cancelled',
  lost: 'was lost',
  running: 'is running',
  queued: 'is queued',
}

function moved({ state, reason, worker_id, worker_name }: Fields, task: string): string {
  const worker = worker_name ? `${worker_name} (${worker_id})` : worker_id
  if (state === 'claimed' && worker) return `${task} was claimed by ${worker}`
  if (state === 'running' && worker) return `${task} was started by ${worker}`
  if (state === 'succeeded' && reason === 'exit code 0') return `${task} succeeded`
  return because(task, VERBS[String(state)] ?? `is ${state}`, reason)
}

/** `t_9 failed: exit code 1`, or `t_9 was cancelled by ana`. */
export const because = (thing: string, verb: string, reason: unknown) =>
  /^(force-)?(stopped|cancelled) by /.test(String(reason)) ? `${thing} was ${reason}` : `${thing} ${verb}: ${reason}`
