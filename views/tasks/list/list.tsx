import type { TaskFilter } from '../../../src/tasks/search/filter.ts'
import type { Task, TaskList } from '../../../src/tasks/tasks.ts'
import { isBroken, isHeld, MOST_ROWS } from '../../../src/tasks/words.ts'
import { tasksHref } from '../../queues/links.ts'
import { Badge } from '../../ui/badge.tsx'
import { attr, html } from '../../ui/html.ts'
import { Cells, type Column, None, Row, RowTitle, Table } from '../../ui/table.tsx'
import { Ago, Elapsed, Took, Until } from '../../ui/time.tsx'
import type { Viewer } from '../../viewer.ts'
import { RowActions } from '../actions.tsx'
import { taskHref } from '../links.ts'
import { Progress } from '../progress.tsx'
import { failureOf, statusOf } from '../status.ts'
import { nothing } from './empty.tsx'
import { Looked } from './looked.tsx'
import { Pager } from './pager.tsx'
import { SELECTION, SelectionBar } from './selection.tsx'
import { Tabs } from './tabs.tsx'

/** The task list: tabs, table and pager. */
export function taskList(data: TaskList, query: TaskFilter, viewer: Viewer): string {
  const { items, counts } = data
  const operates = viewer.may('tasks.operate')
  const columns = columnsOf(query, viewer.now)
  const safeEmpty = items.length === 0 ? nothing(data, query, viewer) : ''
  return html(
    <>
      <Tabs counts={counts} query={query} />
      <Looked data={data} query={query} now={viewer.now} />
      {items.length > 0 ? (
        <Table
          name="tasks"
          label="Tasks, newest first"
          columns={columns}
          {...(operates && { bar: <SelectionBar data={data} query={query} /> })}
          acts={operates}
          most={MOST_ROWS}
        >
          {items.map((task) => (
            <Row
              noun="task"
              id={task.id}
              tone={statusOf(task, viewer.now).tone}
              check={operates ? { form: SELECTION, of: task.title } : undefined}
              actions={operates ? <RowActions task={task} now={viewer.now} /> : undefined}
            >
              <Cells columns={columns} of={task} />
            </Row>
          ))}
        </Table>
      ) : (
        <div id="tasks-empty" data-empty>
          {safeEmpty}
        </div>
      )}
      <Pager data={data} query={query} zone={viewer.zone} />
    </>,
  )
}

const columnsOf = (query: TaskFilter, now: number): readonly Column<Task>[] => [
  { name: 'status', title: 'Status', cell: (task) => <Badge {...statusOf(task, now)} /> },
  {
    name: 'title',
    title: 'Task',
    cell: (task) => (
      <RowTitle href={taskHref(task.id, query)} title={task.title} more={moreOf(task)} stays={task.found !== undefined}>
        <Progress task={task} of="row-progress" />
      </RowTitle>
    ),
  },
  {
    name: 'queue',
    title: 'Queue',
    cell: ({ queue }) => (
      <a href={attr(tasksHref(queue))} safe>
        {queue}
      </a>
    ),
  },
  {
    name: 'worker',
    title: 'Worker',
    cell: ({ worker_id }) =>
      worker_id ? (
        <a href={`/workers/${worker_id}`} safe>
          {worker_id}
        </a>
      ) : (
        <None />
      ),
  },
  {
    name: 'attempts',
    title: 'Tries',
    isNumber: true,
    cell: ({ attempt, max_attempts }) => (attempt > 0 ? <span safe>{`${attempt}/${max_attempts}`}</span> : <None />),
  },
  { name: 'took', title: 'Time', isNumber: true, cell: (task) => <Time task={task} now={now} /> },
  { name: 'age', title: 'Created', isNumber: true, cell: ({ created_at }) => <Ago at={created_at} now={now} /> },
]

/** The line that was found, what holds it back, who acknowledged it, why it failed, or the start of its command. */
function moreOf(task: Task): string | undefined {
  const { found, hold, acknowledged_by, acknowledged_note, command, title, step_count, state } = task
  if (found) return `printed: ${found.text}`
  if (hold) return hold.why
  if (acknowledged_by) return `acknowledged by ${acknowledged_by}${acknowledged_note ? `: ${acknowledged_note}` : ''}`
  // Its progress names the step that runs.
  if (step_count !== null && isHeld(state)) return undefined
  if (isBroken(state)) return failureOf(task)
  return command === title ? undefined : command.split('\n', 1)[0]
}

/** A clock while it runs, its duration once it has ended, its due time while it waits. */
function Time({ task, now }: { task: Task; now: number }): JSX.Element {
  const { state, run_at, started_at, finished_at } = task
  if (isHeld(task.state) && started_at) return <Elapsed at={started_at} now={now} />
  if (state === 'queued' && Date.parse(run_at) > now) return <Until at={run_at} now={now} />
  if (state !== 'queued' && started_at && finished_at) return <Took from={started_at} to={finished_at} />
  return <None />
}
