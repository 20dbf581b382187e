import type { Queue } from '../../src/queues/queues.ts'
import { Badge, type Status } from '../ui/badge.tsx'
import { Icon } from '../ui/icon.tsx'
import { Ago, Until } from '../ui/time.tsx'
import { isStuck } from './backlog.ts'

const STATES: Record<NonNullable<Queue['closed']>, Status> = {
  paused: { tone: 'retrying', icon: 'pause', word: 'Paused' },
  at_limit: { tone: 'retrying', icon: 'gauge', word: 'At limit' },
  rate_limited: { tone: 'retrying', icon: 'gauge', word: 'Rate limited' },
}

// A limit matters only to tasks that wait for it.
const isOpen = ({ closed, due }: Queue) => !closed || (closed !== 'paused' && due === 0)
/** Whether something keeps its tasks from starting. */
export const isShut = (queue: Queue): boolean => isStuck(queue) || !isOpen(queue)

/** Whether the queue's tasks may start and, if not, why. */
export function QueueState({ queue, now }: { queue: Queue; now: number }): JSX.Element {
  const { closed, pause, next_start_at } = queue
  if (isStuck(queue) && !pause) return <Badge tone="failed" icon="workers" word="No worker" />
  if (!closed || isOpen(queue))
    return (
      <span class="queue-open">
        <Icon name="done" /> Open
      </span>
    )
  return (
    <>
      <Badge {...STATES[closed]} />
      <span class="row-more">
        {pause ? (
          <>
            <bdi safe>{pause.reason}</bdi> · <bdi safe>{pause.author}</bdi>, <Ago at={pause.at} now={now} />
            {pause.until ? (
              <>
                , resumes <Until at={pause.until} now={now} />
              </>
            ) : (
              ''
            )}
          </>
        ) : next_start_at ? (
          <>
            next start <Until at={next_start_at} now={now} />
          </>
        ) : (
          ''
        )}
      </span>
    </>
  )
}
