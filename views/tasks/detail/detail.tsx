import type { TaskInContext } from '../../../src/tasks/context/context.ts'
import { domId } from '../../ui/dom-id.ts'
import { html } from '../../ui/html.ts'
import type { Viewer } from '../../viewer.ts'
import { Acknowledged } from '../acknowledged.tsx'
import { Pipeline } from '../pipeline/pipeline.tsx'
import { LastRuns } from '../runs/last-runs.tsx'
import { Runs } from '../runs/runs.tsx'
import { statusOf } from '../status.ts'
import { Answer } from './answer.tsx'
import { Attempts } from './attempts.tsx'
import { Cause } from './cause.tsx'
import { Code, Json } from './code.tsx'
import { Description } from './description.tsx'
import { Errors } from './errors.tsx'
import { Facts } from './facts.tsx'
import { Head, isClamped } from './head.tsx'
import { Order } from './order.tsx'
import { Timeline } from './timeline.tsx'

/** A task's page, without its log: a head, the attempts, and a rail. The stylesheet places the log among them. */
export function taskDetail(of: TaskInContext, viewer: Viewer): string {
  const { task, attempts, events, runs, order, pipeline } = of
  const { id, command, argv, type, result } = task
  const logged = pipeline?.shown ?? of
  return html(
    <article class="detail run" id={domId('task', id, 'detail')} data-tone={statusOf(task, viewer.now).tone}>
      <Head of={of} viewer={viewer} />
      {pipeline ? <Pipeline pipeline={pipeline} from={of.beside.from} now={viewer.now} /> : ''}
      <Attempts task={logged.task} attempts={logged.attempts} shown={of.shown ?? logged.task.attempt} now={viewer.now} />
      <LastRuns task={task} runs={runs} />
      <Answer task={logged.task} prompt={of.prompt} panel={domId('task', id)} viewer={viewer} />
      <aside class="rail" aria-label="About this task">
        <div data-part="timeline">
          <Acknowledged task={task} viewer={viewer} />
          <Errors task={task} attempts={attempts} />
          <Timeline task={task} events={events} now={viewer.now} />
        </div>
        <div data-part="facts">
          <Facts task={task} attempts={attempts} pipeline={pipeline} />
          {isClamped(command) ? <Code text={command} label="Command" /> : ''}
          <Json id={domId('task', id, 'input')} title="Input" value={type && argv.length > 0 ? argv : null} raw={`/api/tasks/${id}`} />
          <Json id={domId('task', id, 'result')} title="Result" value={result} raw={`/api/tasks/${id}`} />
        </div>
        <div data-part="cause">
          {pipeline ? '' : <Order task={task} order={order} now={viewer.now} />}
          <Cause task={task} now={viewer.now} />
          <Runs task={task} runs={runs} />
        </div>
        <div data-part="description">
          <Description task={task} viewer={viewer} />
        </div>
      </aside>
    </article>,
  )
}
