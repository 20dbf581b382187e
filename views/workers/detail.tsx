import type { Task } from '../../src/tasks/tasks.ts'
import { isAlive, type WorkerState } from '../../src/workers/words.ts'
import type { WorkerDetail, WorkerListItem } from '../../src/workers/workers.ts'
import { statusOf as statusOfTask } from '../tasks/status.ts'
import { Badge } from '../ui/badge.tsx'
import { domId } from '../ui/dom-id.ts'
import { Fact, FactList, Moment } from '../ui/facts.tsx'
import { Copy } from '../ui/form/copy.tsx'
import { html } from '../ui/html.ts'
import { Cells, type Column, None, PlainTable, Row, RowTitle } from '../ui/table.tsx'
import { Ago, Elapsed, Exact, Took } from '../ui/time.tsx'
import { type Step, Steps, said } from '../ui/timeline.tsx'
import type { Viewer } from '../viewer.ts'
import { Choices } from './actions.tsx'
import { LoadChart } from './load.tsx'
import { statusOf, statusOfState } from './status.ts'

export function workerDetail({ worker, tasks, events, log, load }: WorkerDetail, viewer: Viewer): string {
  const { id } = worker
  return html(
    <article class="detail" id={domId('worker', id, 'detail')}>
      <Header worker={worker} viewer={viewer} />
      <div class="columns">
        <Life worker={worker} events={events} now={viewer.now} />
        <Facts worker={worker} />
      </div>
      {load ? <LoadChart id={id} load={load} /> : ''}
      <Tasks tasks={tasks} now={viewer.now} />
      {log === null ? '' : <Printed log={log} />}
    </article>,
  )
}

function Header({ worker, viewer }: { worker: WorkerListItem; viewer: Viewer }): JSX.Element {
  const { id, name } = worker
  return (
    <header class="detail-head">
      <div class="detail-title" hx-disable>
        <Badge {...statusOf(worker)} />
        <h1 dir="auto" safe>
          {name}
        </h1>
        <Copy text={id} label={`Copy ${id}`} />
      </div>
      {viewer.may('workers.operate') ? (
        <div class="actions">
          <Choices worker={worker} panel={domId('worker', id)} />
        </div>
      ) : (
        ''
      )}
      <Why worker={worker} now={viewer.now} />
    </header>
  )
}

function Why({ worker, now }: { worker: WorkerListItem; now: number }): JSX.Element {
  const { state, reason, stopped_at, transient_at } = worker
  const { word } = statusOf(worker)
  if (transient_at) {
    return (
      <p class="why" hx-disable>
        {word as 'safe'} for <Elapsed at={transient_at} now={now} />
        <span safe>{`: ${reason}`}</span>
      </p>
    )
  }
  const { word: stateWord, more } = said(statusOfState(state).word, reason)
  return (
    <p class="why" hx-disable>
      <span safe>{more === reason ? `${stateWord}: ${reason}` : `${stateWord} ${more}`}</span>
      {stopped_at ? (
        <>
          , <Exact at={stopped_at} />
        </>
      ) : (
        ''
      )}
    </p>
  )
}

function Facts({ worker }: { worker: WorkerListItem }): JSX.Element {
  const { kind, queues, concurrency, state, host, pid, launched_at, stopped_at, holds } = worker
  return (
    <FactList>
      <Fact name="Queues" value={queues.includes('*') ? 'every queue' : queues.join(', ')} />
      <Fact name="Load" value={isAlive(state) || holds.length > 0 ? `${holds.length} of ${concurrency}` : null} />
      <Fact name="Kind" value={kind === 'local' ? 'launched by this server' : 'registered from elsewhere'} />
      <Fact name="Host" value={host} />
      <Fact name="Process" value={pid ? String(pid) : null} />
      <Moment name="Launched" at={launched_at} />
      <Moment name={state === 'lost' ? 'Lost' : 'Stopped'} at={worker.transient ? null : stopped_at} />
    </FactList>
  )
}

/** Older steps are not shown: a busy worker has thousands. */
const STEPS = 12

function Life({ worker, events, now }: Pick<WorkerDetail, 'worker' | 'events'> & { now: number }): JSX.Element {
  const steps = events.flatMap(stepOf).slice(-STEPS)
  return (
    <section class="block" aria-label="Timeline" hx-disable>
      <h2>Timeline</h2>
      <Steps steps={steps} isCounting={isAlive(worker.state)} now={now} />
    </section>
  )
}

function stepOf({ at, kind, actor, payload }: WorkerDetail['events'][number]): Step[] {
  if (kind === 'worker.launched') return [{ at, tone: 'queued', icon: 'plus', word: 'Launched', more: `by ${actor}` }]
  if (kind !== 'worker.state_changed') return []
  const { tone, icon, word } = statusOfState(payload.state as WorkerState)
  return [{ at, tone, icon, ...said(word, String(payload.reason ?? '')) }]
}

const columnsOf = (now: number): readonly Column<Task>[] => [
  { name: 'status', title: 'Status', cell: (task) => <Badge {...statusOfTask(task, now)} /> },
  { name: 'title', title: 'Task', cell: ({ id, title }) => <RowTitle href={`/tasks/${id}`} title={title} /> },
  {
    name: 'took',
    title: 'Time',
    isNumber: true,
    cell: ({ started_at, finished_at }) =>
      started_at && finished_at ? <Took from={started_at} to={finished_at} /> : started_at ? <Elapsed at={started_at} now={now} /> : <None />,
  },
  { name: 'age', title: 'Created', isNumber: true, cell: ({ created_at }) => <Ago at={created_at} now={now} /> },
]

function Tasks({ tasks, now }: { tasks: readonly Task[]; now: number }): JSX.Element {
  const columns = columnsOf(now)
  return (
    <section class="block" aria-label="Newest tasks">
      <h2>Newest tasks</h2>
      {tasks.length === 0 ? (
        <p class="muted">No tasks yet.</p>
      ) : (
        <div class="table-frame">
          <PlainTable name="worker-tasks" label="Tasks of this worker, newest first" columns={columns}>
            {tasks.map((task) => (
              <Row noun="task" id={task.id} tone={statusOfTask(task, now).tone}>
                <Cells columns={columns} of={task} />
              </Row>
            ))}
          </PlainTable>
        </div>
      )}
    </section>
  )
}

function Printed({ log }: { log: string }): JSX.Element {
  return (
    <section class="block" aria-label="Process output">
      <h2>Process output</h2>
      {log ? (
        <pre class="printed" tabindex={0} hx-disable safe>
          {log}
        </pre>
      ) : (
        <p class="muted">No output yet.</p>
      )}
    </section>
  )
}
