import type { TaskFilter } from '../../../src/tasks/search/filter.ts'
import type { Task, TaskList } from '../../../src/tasks/tasks.ts'
import { isHeld, MOST_ROWS } from '../../../src/tasks/words.ts'
import { tasksHref } from '../../queues/links.ts'
import { Badge } from '../../ui/badge.tsx'
import { attr, html } from '../../ui/html.ts'
import { Cell, type Column, None, Row, Table, TitleCell } from '../../ui/table.tsx'
import { Ago, Elapsed, Took, Until } from '../../ui/time.tsx'
import type { Viewer } from '../../viewer.ts'
import { RowActions } from '../actions.tsx'
import { taskHref } from '../links.ts'
import { Progress } from '../progress.tsx'
import { statusOf } from '../status.ts'
import { nothing } from './empty.tsx'
import { Pager } from './pager.tsx'
import { SELECTION, SelectionBar } from './selection.tsx'
import { Tabs } from './tabs.tsx'

const COLUMNS: readonly Column[] = [
  { name: 'status', title: 'Status' },
  { name: 'title', title: 'Task' },
  { name: 'queue', title: 'Queue' },
  { name: 'worker', title: 'Worker' },
  { name: 'attempts', title: 'Tries', isNumber: true },
  { name: 'took', title: 'Time', isNumber: true },
  { name: 'age', title: 'Created', isNumber: true },
]

/** The task list: tabs, table and pager. */
export function taskList(data: TaskList, query: TaskFilter, viewer: Viewer): string {
  const { items, counts } = data
  const operates = viewer.may('tasks.operate')
  const safeEmpty = items.length === 0 ? nothing(data, query) : ''
  return html(
    <>
      <Tabs counts={counts} query={query} />
      {items.length > 0 ? (
        <Table
          name="tasks"
          label="Tasks, newest first"
          columns={COLUMNS}
          {...(operates && { bar: <SelectionBar data={data} query={query} /> })}
          acts={operates}
          most={MOST_ROWS}
        >
          {items.map((task) => (
            <TaskRow task={task} query={query} operates={operates} now={viewer.now} />
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

function TaskRow({ task, query, operates, now }: { task: Task; query: TaskFilter; operates: boolean; now: number }): JSX.Element {
  const { id, title, command, queue, worker_id, attempt, max_attempts, created_at } = task
  const status = statusOf(task, now)
  return (
    <Row
      noun="task"
      id={id}
      tone={status.tone}
      check={operates ? { form: SELECTION, of: title } : undefined}
      actions={operates ? <RowActions task={task} now={now} /> : undefined}
    >
      <td class="cell-status">
        <Badge {...status} />
      </td>
      <TitleCell href={taskHref(id, query)} title={title} more={command === title ? undefined : command.split('\n', 1)[0]}>
        <Progress task={task} of="row-progress" />
      </TitleCell>
      <Cell of="queue">
        <a href={attr(tasksHref(queue))} safe>
          {queue}
        </a>
      </Cell>
      <Cell of="worker">
        {worker_id ? (
          <a href={`/workers/${worker_id}`} safe>
            {worker_id}
          </a>
        ) : (
          <None />
        )}
      </Cell>
      <td class="cell-attempts number">{attempt > 0 ? (`${attempt}/${max_attempts}` as 'safe') : <None />}</td>
      <td class="cell-took number">
        <Time task={task} now={now} />
      </td>
      <td class="cell-age number">
        <Ago at={created_at} now={now} />
      </td>
    </Row>
  )
}

/** A clock while it runs, its duration once it has ended, its due time while it waits. */
function Time({ task, now }: { task: Task; now: number }): JSX.Element {
  const { state, run_at, started_at, finished_at } = task
  if (isHeld(task.state) && started_at) return <Elapsed at={started_at} now={now} />
  if (state === 'queued' && Date.parse(run_at) > now) return <Until at={run_at} now={now} />
  if (state !== 'queued' && started_at && finished_at) return <Took from={started_at} to={finished_at} />
  return <None />
}
