import type { Attempt, Task } from '../../../src/tasks/tasks.ts'
import { Badge } from '../../ui/badge.tsx'
import { domId } from '../../ui/dom-id.ts'
import { attr } from '../../ui/html.ts'
import { type Column, PlainTable } from '../../ui/table.tsx'
import { Ago, Elapsed, Took } from '../../ui/time.tsx'
import { statusOfState } from '../status.ts'

const COLUMNS: readonly Column[] = [
  { name: 'number', title: '#', isNumber: true },
  { name: 'outcome', title: 'Outcome' },
  { name: 'worker', title: 'Worker' },
  { name: 'began', title: 'Began' },
  { name: 'time', title: 'Time', isNumber: true },
  { name: 'error', title: 'Error' },
]

/** The attempts, newest first, with links to their output. */
export function Attempts({ task, attempts, now }: { task: Task; attempts: readonly Attempt[]; now: number }): JSX.Element {
  return (
    <section class="block" aria-label="Attempts" data-newest-attempt={attempts[0] && String(attempts[0].attempt)}>
      <h2>Attempts</h2>
      <div class="table-scroll" hx-disable>
        <PlainTable name="attempts" label="Attempts, newest first" columns={COLUMNS}>
          {attempts.map((attempt) => (
            <AttemptRow task={task} attempt={attempt} now={now} />
          ))}
        </PlainTable>
      </div>
    </section>
  )
}

function AttemptRow({ task, attempt: it, now }: { task: Task; attempt: Attempt; now: number }): JSX.Element {
  const began = it.started_at ?? it.claimed_at
  return (
    <tr id={domId('attempt', it.attempt)}>
      <td class="number">
        <a href={`/tasks/${task.id}?attempt=${it.attempt}#log`}>{it.attempt}</a>
      </td>
      <td>
        <Badge {...statusOfState(it.outcome ?? 'running')} />
      </td>
      <td>
        <a href={`/workers/${it.worker_id}`} safe>
          {it.worker_id}
        </a>
      </td>
      <td>
        <Ago at={began} now={now} />
      </td>
      <td class="number">{it.finished_at ? <Took from={began} to={it.finished_at} /> : <Elapsed at={began} now={now} />}</td>
      <td class="cell-error" dir="auto" title={attr(it.error ?? '')} safe>
        {it.error?.split('\n', 1)[0] ?? ''}
      </td>
    </tr>
  )
}
