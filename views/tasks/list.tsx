import type { Viewer } from '../../src/http/panel.ts'
import type { TaskFilter } from '../../src/tasks/filter.ts'
import type { Task, TaskList } from '../../src/tasks/tasks.ts'
import { Badge } from '../ui/badge.tsx'
import { domId } from '../ui/dom-id.ts'
import { attr, html } from '../ui/html.ts'
import { Ago, Elapsed, Took } from '../ui/time.tsx'
import { RowActions } from './actions.tsx'
import { nothing } from './empty.tsx'
import { listHref } from './links.ts'
import { SELECTION, SelectionBar } from './selection.tsx'
import { isHeld, statusOf } from './status.ts'
import { Tabs } from './tabs.tsx'

/** The panel of the tasks: tabs, table, and the way to older ones. */
export function taskList(data: TaskList, query: TaskFilter, viewer: Viewer): string {
  const { items, next } = data
  const safeEmpty = items.length === 0 ? nothing(data, query) : ''
  return html(
    <>
      <Tabs counts={data.counts} query={query} />
      {items.length > 0 ? <Table items={items} query={query} viewer={viewer} /> : <div id="tasks-empty">{safeEmpty}</div>}
      <Pager next={next} query={query} />
    </>,
  )
}

function Table({ items, query, viewer }: { items: readonly Task[]; query: TaskFilter; viewer: Viewer }): JSX.Element {
  const operates = viewer.may('tasks.operate')
  return (
    <div class="table-frame" id="tasks-table">
      {operates ? <SelectionBar query={query} /> : ''}
      <table class="table tasks-table">
        <caption class="visually-hidden">Tasks, newest first</caption>
        <thead>
          <tr>
            {operates ? (
              <th scope="col" class="cell-check">
                <label class="check">
                  <input type="checkbox" data-select-all autocomplete="off" aria-label="Select all on this page" />
                </label>
              </th>
            ) : (
              ''
            )}
            <th scope="col" class="cell-status">
              Status
            </th>
            <th scope="col" class="cell-title">
              Task
            </th>
            <th scope="col" class="cell-queue">
              Queue
            </th>
            <th scope="col" class="cell-worker">
              Worker
            </th>
            <th scope="col" class="cell-attempts number">
              Tries
            </th>
            <th scope="col" class="cell-took number">
              Time
            </th>
            <th scope="col" class="cell-age number">
              Created
            </th>
            {operates ? (
              <th scope="col" class="cell-actions">
                <span class="visually-hidden">Actions</span>
              </th>
            ) : (
              ''
            )}
          </tr>
        </thead>
        <tbody>
          {items.map((task) => (
            <Row task={task} operates={operates} now={viewer.now} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({ task, operates, now }: { task: Task; operates: boolean; now: number }): JSX.Element {
  const { id, title, command, queue, worker_id, attempt, max_attempts, created_at } = task
  const status = statusOf(task, now)
  return (
    <tr id={domId('task', id)} data-id={id} data-tone={status.tone}>
      {operates ? (
        <td class="cell-check">
          <label class="check">
            <input type="checkbox" name="id" value={id} form={SELECTION} autocomplete="off" aria-label={`Select ${attr(title)}`} />
          </label>
        </td>
      ) : (
        ''
      )}
      <td class="cell-status">
        <Badge {...status} />
      </td>
      <td class="cell-title" hx-disable>
        <a class="row-link" href={`/tasks/${id}`} title={attr(title)} dir="auto" safe>
          {title}
        </a>
        {command === title ? (
          ''
        ) : (
          <code class="row-more" dir="ltr" safe>
            {command.split('\n', 1)[0]}
          </code>
        )}
      </td>
      <td class="cell-queue" hx-disable>
        <a href={`/tasks?q=${encodeURIComponent(queueTerm(queue))}`} safe>
          {queue}
        </a>
      </td>
      <td class="cell-worker">
        {worker_id ? (
          <a href={`/workers/${worker_id}`} safe>
            {worker_id}
          </a>
        ) : (
          <span class="none">–</span>
        )}
      </td>
      <td class="cell-attempts number">{attempt > 0 ? (`${attempt}/${max_attempts}` as 'safe') : <span class="none">–</span>}</td>
      <td class="cell-took number">
        <Time task={task} now={now} />
      </td>
      <td class="cell-age number">
        <Ago at={created_at} now={now} />
      </td>
      {operates ? (
        <td class="cell-actions">
          <RowActions task={task} />
        </td>
      ) : (
        ''
      )}
    </tr>
  )
}

/** A clock while it runs, the time it took once it is over, and when it is due while it waits. */
function Time({ task, now }: { task: Task; now: number }): JSX.Element {
  const { state, run_at, started_at, finished_at } = task
  if (isHeld(task) && started_at) return <Elapsed at={started_at} now={now} />
  if (state === 'queued' && Date.parse(run_at) > now) return <Ago at={run_at} now={now} />
  if (state !== 'queued' && started_at && finished_at) return <Took from={started_at} to={finished_at} />
  return <span class="none">–</span>
}

function Pager({ next, query }: { next: string | null; query: TaskFilter }): JSX.Element {
  if (!next && !query.before) return ''
  return (
    <nav class="pager" id="tasks-pager" aria-label="Older and newer tasks">
      {query.before ? (
        <a class="button" href={listHref(query)}>
          Back to the newest
        </a>
      ) : (
        ''
      )}
      {next ? (
        <a class="button" href={listHref(query, { before: next })} rel="next">
          Show 50 more
        </a>
      ) : (
        <span class="muted">These are the oldest.</span>
      )}
    </nav>
  )
}

const queueTerm = (queue: string) => `queue:${/^[^\s"]+$/.test(queue) ? queue : JSON.stringify(queue)}`
