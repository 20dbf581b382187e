export const WORKER_STATES = ['starting', 'idle', 'busy', 'draining', 'stopped', 'lost'] as const
export type WorkerState = (typeof WORKER_STATES)[number]

export const ALIVE = ['starting', 'idle', 'busy', 'draining'] as const satisfies readonly WorkerState[]
export const isAlive = (state: WorkerState) => (ALIVE as readonly WorkerState[]).includes(state)
