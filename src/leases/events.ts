import { integer, list, maybe, orNull, text } from '../log/fields.ts'
import { kind } from '../log/kinds.ts'
import { because } from '../tasks/events.ts'

export const workerRow = { name: maybe(text), concurrency: maybe(integer), host: maybe(orNull(text)), launched_at: maybe(text) }

/** What the presence of a worker leads to. */
export const events = {
  stateChanged: kind(
    'worker.state_changed',
    'its state changed; not on a heartbeat',
    { worker_id: text, state: text, reason: text, kind: maybe(text), queues: maybe(list(text)), ...workerRow },
    {
      sentence: ({ state, reason }, worker) => because(worker, state === 'stopped' ? 'stopped' : `is ${state}`, reason),
      // Tasks report what a worker does.
      isNews: ({ state }) => state !== 'busy' && state !== 'idle',
    },
  ),
  stopped: kind(
    'worker.stopped',
    'a worker stopped',
    { worker_id: text, reason: text, name: maybe(text) },
    { sentence: ({ reason }, worker) => because(worker, 'stopped', reason) },
  ),
}
