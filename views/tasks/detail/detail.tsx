import type { TaskInContext } from '../../../src/tasks/context/context.ts'
import type { Task } from '../../../src/tasks/tasks.ts'
import { isOpen } from '../../../src/tasks/words.ts'
import { Badge } from '../../ui/badge.tsx'
import { domId } from '../../ui/dom-id.ts'
import { Copy } from '../../ui/form/copy.tsx'
import { html } from '../../ui/html.ts'
import { Took } from '../../ui/time.tsx'
import type { Viewer } from '../../viewer.ts'
import { Acknowledged } from '../acknowledged.tsx'
import { PageActions } from '../actions.tsx'
import { Progress } from '../progress.tsx'
import { statusOf } from '../status.ts'
import { Attempts } from './attempts.tsx'
import { Beside } from './beside.tsx'
import { Code, Json } from './code.tsx'
import { Description } from './description.tsx'
import { Errors } from './errors.tsx'
import { Facts } from './facts.tsx'
import { Runs } from './runs.tsx'
import { Timeline } from './timeline.tsx'
import { Why } from './why.tsx'

/** A task's page, without its log. */
export function taskDetail({ task, attempts, events, runs, beside }: TaskInContext, viewer: Viewer): string {
  const { id, command, argv, type, result } = task
  return html(
    <article class="detail" id={domId('task', id, 'detail')} data-tone={statusOf(task, viewer.now).tone}>
      <Beside beside={beside} />
      <Header task={task} viewer={viewer} />
      <Errors task={task} attempts={attempts} />
      <Code text={command} label="Command" />
      <div class="columns">
        <div>
          <Timeline task={task} events={events} now={viewer.now} />
          <Description task={task} viewer={viewer} />
          <Json id={domId('task', id, 'input')} title="Input" value={type ? argv : null} raw={`/api/tasks/${id}`} />
          <Json id={domId('task', id, 'result')} title="Result" value={result} raw={`/api/tasks/${id}`} />
        </div>
        <Facts task={task} attempts={attempts} />
      </div>
      <Runs task={task} runs={runs} />
      {attempts.length > 1 ? <Attempts task={task} attempts={attempts} now={viewer.now} /> : ''}
    </article>,
  )
}

function Header({ task, viewer }: { task: Task; viewer: Viewer }): JSX.Element {
  const { id, title, started_at, finished_at } = task
  return (
    <header class="detail-head">
      <div class="detail-title" hx-disable>
        <Badge {...statusOf(task, viewer.now)} />
        <h1 dir="auto" safe>
          {title}
        </h1>
        <Copy text={id} label={`Copy ${id}`} />
        {!isOpen(task.state) && started_at && finished_at ? (
          <span class="detail-clock">
            took <Took from={started_at} to={finished_at} />
          </span>
        ) : (
          ''
        )}
      </div>
      <PageActions task={task} viewer={viewer} />
      <Why task={task} now={viewer.now} />
      <Acknowledged task={task} viewer={viewer} />
      <Progress task={task} of="progress" />
    </header>
  )
}
