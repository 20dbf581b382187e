import type { Run } from '../../../src/tasks/context/runs.ts'
import type { Task } from '../../../src/tasks/tasks.ts'
import { Badge } from '../../ui/badge.tsx'
import { attr } from '../../ui/html.ts'
import { duration, Exact } from '../../ui/time.tsx'
import { statusOfState } from '../status.ts'
import { allRuns } from './runs.tsx'

const SHOWN = 8

/** What a task that has not begun shows in place of its log: how it went before. */
export function LastRuns({ task, runs }: { task: Task; runs: readonly Run[] }): JSX.Element {
  const earlier = runs.filter(({ id }) => id !== task.id)
  if (task.state !== 'queued' || task.attempt > 0 || earlier.length === 0) return ''
  return (
    <section class="last-runs" aria-labelledby="last-runs-title" hx-disable>
      <header class="block-head">
        <h2 id="last-runs-title">Last runs</h2>
        <a href={attr(allRuns(task))}>All runs</a>
      </header>
      <ol>
        {earlier
          .slice(-SHOWN)
          .reverse()
          .map((run) => (
            <LastRun run={run} />
          ))}
      </ol>
      <p class="muted">The output appears here once the task starts.</p>
    </section>
  )
}

function LastRun({ run: { id, state, attempt, created_at, started_at, run_ms } }: { run: Run }): JSX.Element {
  const status = statusOfState(state)
  return (
    <li data-tone={status.tone}>
      <Badge {...status} />
      <a class="row-link" href={`/tasks/${id}`}>
        {id as 'safe'}
      </a>
      <span class="last-run-when">
        <Exact at={started_at ?? created_at} />
        <span class="muted">{(attempt > 1 ? `, in ${attempt} attempts` : '') as 'safe'}</span>
      </span>
      <span class="last-run-took number">{(run_ms === null ? '' : duration(run_ms)) as 'safe'}</span>
    </li>
  )
}
