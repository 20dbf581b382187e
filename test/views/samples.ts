import type { OpenSession } from '../../src/access/sessions.ts'
import type { Token } from '../../src/access/tokens.ts'
import { commandLine, curlLine } from '../../src/config/command.ts'
import { STANDARD } from '../../src/http/preferences.ts'
import type { Queue } from '../../src/queues/queues.ts'
import type { TaskInContext } from '../../src/tasks/context/context.ts'
import type { Run } from '../../src/tasks/context/runs.ts'
import { TaskFilter } from '../../src/tasks/search/filter.ts'
import type { Attempt, Task, TaskEvent, TaskList } from '../../src/tasks/tasks.ts'
import type { WorkerDetail, WorkerList, WorkerListItem } from '../../src/workers/workers.ts'
import type { Viewer } from '../../views/viewer.ts'

export const NOW = Date.parse('2026-11-21T12:00:00Z')
export const ago = (seconds: number) => new Date(NOW - seconds * 1000).toISOString()

/** The filter that a list's URL stands for. */
export const filterOf = (query: Record<string, string>): TaskFilter => TaskFilter.parse(query)

const here = {
  command: (verb: string, rest?: string) => commandLine('/srv/data', verb, rest),
  curl: (path: string, options?: string) => curlLine('/srv/data', path, options),
}

export const operator: Viewer = { name: 'operator:ana', may: () => true, now: NOW, zone: 'UTC', preferences: STANDARD, ...here }
export const reader: Viewer = { ...operator, name: 'viewer:bo', may: (action) => action === 'read' }

export function task(some: Partial<Task> = {}): Task {
  return {
    id: 't_9',
    title: 'Rebuild the index',
    description: '',
    command: 'npm run index',
    argv: ['/bin/sh', '-c', 'npm run index'],
    type: null,
    cwd: null,
    env: {},
    stdin: 'none',
    queue: 'default',
    project: null,
    urgency: 'medium',
    contract: null,
    parent_task_id: null,
    created_by: 'operator:ana',
    state: 'succeeded',
    reason: 'exit code 0',
    status: 'completed',
    attempt: 1,
    max_attempts: 1,
    idempotent: false,
    timeout_s: null,
    unique_key: null,
    worker_id: 'w_3',
    run_at: ago(600),
    created_at: ago(600),
    claimed_at: ago(599),
    started_at: ago(598),
    finished_at: ago(556),
    cancel_requested_at: null,
    cancel_requested_by: null,
    exit_code: 0,
    error: null,
    result: null,
    version: 1,
    act: null,
    act_at: null,
    act_by: null,
    progress: null,
    acknowledged_at: null,
    acknowledged_by: null,
    acknowledged_note: null,
    waits_for: null,
    pipeline_id: null,
    step: null,
    step_count: null,
    hold: null,
    ...some,
  }
}

export const waiting = (some: Partial<Task> = {}) =>
  task({ state: 'queued', status: null, attempt: 0, worker_id: null, claimed_at: null, started_at: null, finished_at: null, exit_code: null, ...some })
export const running = (some: Partial<Task> = {}) => task({ state: 'running', status: 'running', finished_at: null, exit_code: null, ...some })

export const COUNTS: TaskList['counts'] = { queued: 2, claimed: 1, running: 3, succeeded: 1284, failed: 7, cancelled: 0, lost: 0 }
export const NONE: TaskList['counts'] = { queued: 0, claimed: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0, lost: 0 }
export const listOf = (items: Task[], some: Partial<TaskList> = {}): TaskList => ({ items, next: null, counts: COUNTS, queues: ['default'], ...some })

export const event = (at: string, kind: string, payload: Record<string, unknown> = {}, actor = 'operator:ana'): TaskEvent => ({
  seq: 1,
  at,
  kind,
  actor,
  payload,
  cause: null,
})
export const attempt = (some: Partial<Attempt> = {}): Attempt => ({
  attempt: 1,
  worker_id: 'w_3',
  pid: 4012,
  claimed_at: ago(599),
  started_at: ago(598),
  finished_at: ago(556),
  outcome: 'succeeded',
  exit_code: 0,
  error: null,
  ...some,
})
export const detailOf = (of: Task, some: Partial<TaskInContext> = {}): TaskInContext => ({
  task: of,
  attempts: [attempt()],
  events: [event(ago(600), 'task.created')],
  runs: [],
  beside: { from: '', previous: null, next: null },
  order: { before: [], after: [] },
  pipeline: null,
  ...some,
})

export function worker(some: Partial<WorkerListItem> = {}): WorkerListItem {
  return {
    id: 'w_3',
    name: 'local',
    kind: 'local',
    queues: ['default'],
    concurrency: 1,
    state: 'idle',
    reason: 'waiting for a task',
    host: 'workbench',
    pid: 4012,
    launched_at: ago(3600),
    stopped_at: null,
    transient: null,
    transient_at: null,
    holds: [],
    ...some,
  }
}
export const workersOf = (items: WorkerListItem[]): WorkerList => ({
  items,
  next: null,
  counts: { starting: 0, idle: 1, busy: 0, draining: 0, stopped: 0, lost: 0 },
})
export const workerOf = (of: WorkerListItem, some: Partial<WorkerDetail> = {}): WorkerDetail => ({ worker: of, tasks: [], events: [], log: null, ...some })

export const run = (some: Partial<Run> = {}): Run => ({
  id: 't_7',
  state: 'succeeded',
  attempt: 1,
  created_at: ago(900),
  started_at: ago(900),
  run_ms: 4000,
  ...some,
})

const MINUTE = 60_000
const bucket = { created: 3, succeeded: 2, failed: 1, other: 0, wait_ms: 900, wait_ms_max: 4000, run_ms: 1200 }
export const queue = (some: Partial<Queue> = {}): Queue => ({
  queue: 'mail',
  queued: 5,
  due: 2,
  scheduled: 3,
  blocked: 0,
  capped: false,
  running: 1,
  oldest_at: ago(95),
  next_at: ago(-600),
  pause: null,
  concurrency: null,
  rate: null,
  next_start_at: null,
  limited_by: null,
  closed: null,
  hold: null,
  workers: [],
  throughput: {
    range: '1h',
    bucket_ms: MINUTE,
    from: NOW - 59 * MINUTE,
    until: NOW,
    buckets: [
      { ...bucket, at: NOW - MINUTE },
      { ...bucket, at: NOW },
    ],
  },
  ...some,
})

export const session = (some: Partial<OpenSession> = {}): OpenSession => ({
  id: '0123456789ab',
  name: 'operator',
  role: 'admin',
  created_at: ago(600),
  seen_at: ago(5),
  expires_at: ago(-600),
  ...some,
})

export const token = (some: Partial<Token> = {}): Token => ({
  id: '9f2c1a04',
  name: 'build machine',
  role: 'worker',
  created_at: ago(600),
  expires_at: ago(-600),
  used_at: null,
  revoked_at: null,
  queues: null,
  ...some,
})
