import type { Run } from '../../../src/tasks/context/runs.ts'
import type { Task } from '../../../src/tasks/tasks.ts'
import { type TaskState, typedTerm } from '../../../src/tasks/words.ts'
import { Chart } from '../../ui/chart/chart.tsx'
import { RunStrip, type Tick } from '../../ui/chart/run-strip.tsx'
import { attr } from '../../ui/html.ts'
import { duration } from '../../ui/time.tsx'
import { statusOfState } from '../status.ts'

/** Earlier runs: a strip of results, and a chart of run times. */
export function Runs({ task, runs }: { task: Task; runs: readonly Run[] }): JSX.Element {
  if (runs.length < 2) return ''
  const failed = runs.filter(({ state }) => isBroken(state)).length
  return (
    <section class="block" aria-label="Runs">
      <h2>
        <a href={attr(allRuns(task))}>{`Last ${runs.length} runs` as 'safe'}</a>
        <span class="muted">{(failed > 0 ? `${failed} failed` : 'none failed') as 'safe'}</span>
      </h2>
      <RunStrip ticks={runs.map((run) => tickOf(run, run.id === task.id))} />
      <details class="more" id="task-runs-times">
        <summary>Run times</summary>
        <Chart
          id="task-runs"
          title="Time of each run"
          label={`How long each of the last ${runs.length} runs took: ${longest(runs)}.`}
          columns={runs.map(({ id }) => ({ name: id, href: `/tasks/${id}` }))}
          bars={[
            { name: 'Failed', meaning: 'failed', values: times(runs, (state) => isBroken(state)) },
            { name: 'Other', meaning: 'succeeded', values: times(runs, (state) => !isBroken(state)) },
          ]}
          unit="ms"
          isFilling={false}
        />
      </details>
    </section>
  )
}

export const allRuns = ({ queue, title }: Task): string => `/tasks?${new URLSearchParams({ q: `${typedTerm('queue', queue)} ${typedTerm('text', title)}` })}`

function tickOf({ id, state, attempt, run_ms }: Run, isCurrent: boolean): Tick {
  const took = run_ms === null ? '' : `, took ${duration(run_ms)}`
  const tries = attempt > 1 ? `, ${attempt} tries` : ''
  return { href: `/tasks/${id}`, result: resultOf(state, attempt), words: `${id} ${statusOfState(state).word.toLowerCase()}${tries}${took}`, isCurrent }
}

function resultOf(state: TaskState, attempt: number): Tick['result'] {
  if (isBroken(state)) return 'failed'
  if (state === 'succeeded') return attempt > 1 ? 'retried' : 'ok'
  return state === 'cancelled' ? 'cancelled' : 'open'
}

const isBroken = (state: TaskState) => state === 'failed' || state === 'lost'
const times = (runs: readonly Run[], isWanted: (state: TaskState) => boolean) =>
  runs.map(({ state, run_ms }) => (run_ms === null ? null : isWanted(state) ? run_ms : null))

function longest(runs: readonly Run[]): string {
  const known = runs.flatMap(({ run_ms }) => run_ms ?? [])
  return known.length > 0 ? `from ${duration(Math.min(...known))} to ${duration(Math.max(...known))}` : 'none is over yet'
}
