import type { Attempt, Task } from '../../../src/tasks/tasks.ts'
import { Badge } from '../../ui/badge.tsx'
import { domId } from '../../ui/dom-id.ts'
import { Cells, type Column, PlainTable } from '../../ui/table.tsx'
import { Ago, Elapsed, Took } from '../../ui/time.tsx'
import { statusOfState } from '../status.ts'

/** The attempts, newest first, with links to their output. */
export function Attempts({ task, attempts, now }: { task: Task; attempts: readonly Attempt[]; now: number }): JSX.Element {
  const columns = columnsOf(task, now)
  return (
    <section class="block" aria-label="Attempts" data-newest-attempt={attempts[0] && String(attempts[0].attempt)}>
      <h2>Attempts</h2>
      <div class="table-scroll">
        <PlainTable name="attempts" label="Attempts, newest first" columns={columns}>
          {attempts.map((attempt) => (
            <tr id={domId('attempt', attempt.attempt)}>
              <Cells columns={columns} of={attempt} />
            </tr>
          ))}
        </PlainTable>
      </div>
    </section>
  )
}

const began = ({ started_at, claimed_at }: Attempt) => started_at ?? claimed_at

const columnsOf = (task: Task, now: number): readonly Column<Attempt>[] => [
  { name: 'number', title: '#', isNumber: true, cell: ({ attempt }) => <a href={`/tasks/${task.id}?attempt=${attempt}#log`}>{attempt}</a> },
  { name: 'outcome', title: 'Outcome', cell: ({ outcome }) => <Badge {...statusOfState(outcome ?? 'running')} /> },
  {
    name: 'worker',
    title: 'Worker',
    cell: ({ worker_id }) => (
      <a href={`/workers/${worker_id}`} safe>
        {worker_id}
      </a>
    ),
  },
  { name: 'began', title: 'Began', cell: (attempt) => <Ago at={began(attempt)} now={now} /> },
  {
    name: 'time',
    title: 'Time',
    isNumber: true,
    cell: (attempt) => (attempt.finished_at ? <Took from={began(attempt)} to={attempt.finished_at} /> : <Elapsed at={began(attempt)} now={now} />),
  },
  {
    name: 'error',
    title: 'Error',
    dir: 'auto',
    cell: ({ error }) => <span safe>{error?.split('\n', 1)[0] ?? ''}</span>,
    hint: ({ error }) => error ?? '',
  },
]
