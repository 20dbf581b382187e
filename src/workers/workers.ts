import type { Selectable } from 'kysely'
import type { Db, Ms } from '../db/index.ts'
import type { WorkerTable } from '../db/schema.ts'
import { notFound } from '../live/problem.ts'
import { TASK_STATES, type Task, toTask } from '../tasks/tasks.ts'

export const WORKER_STATES = ['starting', 'idle', 'busy', 'draining', 'stopped', 'lost'] as const
export type WorkerState = (typeof WORKER_STATES)[number]

export const isAlive = (state: WorkerState) => state !== 'stopped' && state !== 'lost'

export interface Worker {
  id: string
  name: string
  kind: 'local' | 'remote'
  queues: readonly string[]
  concurrency: number
  state: WorkerState
  reason: string
  host: string | null
  pid: number | null
  launched_at: string
  beat_at: string | null
  stopped_at: string | null
}

export interface WorkerListItem extends Worker {
  /** The tasks that it holds now. */
  holds: readonly { id: string; title: string; started_at: string | null }[]
}

export interface WorkerList {
  items: readonly WorkerListItem[]
  next: string | null
  counts: Readonly<Record<WorkerState, number>>
}

export interface WorkerDetail {
  worker: WorkerListItem
  /** Its newest tasks. */
  tasks: readonly Task[]
  events: readonly { seq: number; at: string; kind: string; actor: string; payload: Record<string, unknown> }[]
  /** The end of what the process itself printed; null for a remote one. */
  log: string | null
}
