import type { Attempt, Task } from '../../src/tasks/tasks.ts'
import { Badge } from '../ui/badge.tsx'
import { domId } from '../ui/dom-id.ts'
import { attr } from '../ui/html.ts'
import { Ago, Elapsed, Took } from '../ui/time.tsx'
import { statusOfState } from './status.ts'

/** Each try of the task, newest first, with a link to what it printed. */
export function Attempts({ task, attempts, now }: { task: Task; attempts: readonly Attempt[]; now: number }): JSX.Element {
  return (
    <section class="block" aria-label="Attempts">
      <h2>Attempts</h2>
      <div class="table-scroll">
        <table class="table attempts-table" hx-disable>
          <thead>
            <tr>
              <th scope="col" class="number">
                #
              </th>
              <th scope="col">Outcome</th>
              <th scope="col">Worker</th>
              <th scope="col">Began</th>
              <th scope="col" class="number">
                Time
              </th>
              <th scope="col">Error</th>
            </tr>
          </thead>
          <tbody>
            {attempts.map((attempt) => (
              <AttemptRow task={task} attempt={attempt} now={now} />
            ))}
          </tbody>
        </table>
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
