import type { Because, BulkOutcome, Reason } from '../../../src/tasks/search/outcome.ts'
import { ButtonLink } from '../../ui/form/button.tsx'
import { number } from '../../ui/number.ts'

const DONE: Record<BulkOutcome['verb'], string> = {
  cancel: 'cancelled',
  retry: 'queued again',
  delete: 'deleted',
  acknowledge: 'acknowledged',
  unacknowledge: 'no longer acknowledged',
}
const WORDS: Record<Reason, string> = {
  already_ended: 'already ended',
  stopping: 'already stopping',
  not_ended: 'not ended yet',
  held: 'still with a worker',
  not_failed: 'not failed',
  acknowledged: 'already acknowledged',
  not_acknowledged: 'not acknowledged',
  unique_key: 'an open task has the same unique key',
  step: 'steps of a pipeline',
  gone: 'no longer there',
  changed: 'changed meanwhile',
}
const COUNTED = 10_000
const counted = (tasks: number) => `${number(Math.min(tasks, COUNTED))}${tasks < COUNTED ? '' : ' or more'}`

/** The outcome of a bulk change, above the list until it is closed. */
export function Outcome({ outcome: { verb, changed, because }, back }: { outcome: BulkOutcome; back: string }): JSX.Element {
  const [only, second] = reasonsOf(because)
  const passed = only ? `; ${counted(sumOf(because))} skipped: ${second ? each(because) : WORDS[only[0]]}` : ''
  return (
    <div class="outcome" role="status">
      <p safe>{`${changed === 0 ? 'None' : number(changed)} ${DONE[verb]}${passed}.`}</p>
      <ButtonLink label="Close" look="plain" href={back} />
    </div>
  )
}

/** `3 already ended, 1 no longer there`; empty if none was skipped. */
export const each = (because: Because): string =>
  reasonsOf(because)
    .map(([reason, tasks]) => `${counted(tasks)} ${WORDS[reason]}`)
    .join(', ')

const reasonsOf = (because: Because) => Object.entries(because) as [Reason, number][]
const sumOf = (because: Because) => reasonsOf(because).reduce((sum, [, tasks]) => sum + tasks, 0)
