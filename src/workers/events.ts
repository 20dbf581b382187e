import { events as presence, workerRow } from '../leases/events.ts'
import { list, maybe, text } from '../log/fields.ts'
import { kind } from '../log/kinds.ts'

export const events = {
  launched: kind(
    'worker.launched',
    'a worker was launched or registered itself',
    { worker_id: text, kind: text, queues: list(text), state: maybe(text), ...workerRow },
    { sentence: ({ kind }, worker) => `${kind} worker ${worker} was launched` },
  ),
  ...presence,
  deleted: kind('worker.deleted', 'a worker was deleted', { worker_id: text, name: maybe(text) }, { sentence: (_, worker) => `${worker} was deleted` }),
}
