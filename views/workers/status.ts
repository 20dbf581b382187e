import type { Transient } from '../../src/leases/transients.ts'
import type { WorkerState } from '../../src/workers/words.ts'
import type { Worker } from '../../src/workers/workers.ts'
import type { Status } from '../ui/badge.tsx'

const STATES: Record<WorkerState, Status> = {
  starting: { tone: 'queued', icon: 'queued', word: 'Starting' },
  idle: { tone: 'quiet', icon: 'done', word: 'Idle' },
  busy: { tone: 'running', icon: 'half', word: 'Busy' },
  draining: { tone: 'cancelled', icon: 'draining', word: 'Draining' },
  stopped: { tone: 'cancelled', icon: 'stop', word: 'Stopped' },
  lost: { tone: 'unknown', icon: 'unknown', word: 'Lost' },
}

const UNDER_WAY: Record<Transient, string> = {
  spawning: 'Launching',
  starting: 'Starting',
  stopping: 'Stopping',
  restarting: 'Restarting',
  destroying: 'Deleting',
}

/** Icon, word and colour of a state. */
export const statusOfState = (state: WorkerState): Status => STATES[state]

/** The status of the action in progress, otherwise of the state. */
export const statusOf = ({ state, transient }: Pick<Worker, 'state' | 'transient'>): Status =>
  transient ? { tone: 'running', icon: 'spinner', word: UNDER_WAY[transient] } : STATES[state]
