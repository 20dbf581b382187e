import type { WorkerState } from '../../src/workers/workers.ts'
import type { Status } from '../ui/badge.tsx'

const STATES: Record<WorkerState, Status> = {
  starting: { tone: 'queued', icon: 'queued', word: 'Starting' },
  idle: { tone: 'quiet', icon: 'done', word: 'Idle' },
  busy: { tone: 'running', icon: 'half', word: 'Busy' },
  draining: { tone: 'cancelled', icon: 'draining', word: 'Draining' },
  stopped: { tone: 'cancelled', icon: 'stop', word: 'Stopped' },
  lost: { tone: 'unknown', icon: 'unknown', word: 'Lost' },
}

export const statusOf = (state: WorkerState): Status => STATES[state]
export const isAlive = (state: WorkerState) => state !== 'stopped' && state !== 'lost'
