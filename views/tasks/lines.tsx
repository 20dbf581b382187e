import type { Task } from '../../src/tasks/tasks.ts'
import { isHeld } from '../../src/tasks/words.ts'
import { Badge } from '../ui/badge.tsx'
import { domId } from '../ui/dom-id.ts'
import { attr } from '../ui/html.ts'
import { number } from '../ui/number.ts'
import { Ago, Elapsed, Until } from '../ui/time.tsx'
import { Progress } from './progress.tsx'
import { statusOf } from './status.ts'

const LINES = 8

interface LinesProps {
  of: string
  tasks: readonly Task[]
  now: number
  /** The full list, the number of lines here, and the number of tasks if known. */
  all?: string
  most?: number
  total?: number
}

/** The first tasks as lines: state, title, queue, and the time that matters for their state. */
export function TaskLines({ of, tasks, now, all, most = LINES, total }: LinesProps): JSX.Element {
  const shown = all ? tasks.slice(0, most) : tasks
  return (
    <ul class="lines">
      {shown.map((task) => (
        <li id={domId('task', task.id, of)} class="line" data-tone={statusOf(task, now).tone}>
          <Badge {...statusOf(task, now)} />
          <span class="line-what" hx-disable>
            <a class="row-link" href={`/tasks/${task.id}`} dir="auto" title={attr(task.title)} safe>
              {task.title}
            </a>
            <span class="muted" dir="auto" safe>
              {because(task)}
            </span>
            <Progress task={task} of={`${of}-progress`} />
          </span>
          <span class="line-where" hx-disable safe>
            {task.queue}
          </span>
          <span class="line-when number">
            <When task={task} now={now} />
          </span>
        </li>
      ))}
      {all && (total ?? tasks.length) > shown.length ? (
        <li class="lines-rest">
          <a href={all}>{(total === undefined ? 'and more' : `and ${number(total - shown.length)} more`) as 'safe'}</a>
        </li>
      ) : (
        ''
      )}
    </ul>
  )
}

function When({ task, now }: { task: Task; now: number }): JSX.Element {
  const { state, started_at, finished_at, run_at, created_at } = task
  if (isHeld(task.state) && started_at) return <Elapsed at={started_at} now={now} />
  if (state === 'queued' && Date.parse(run_at) > now) return <Until at={run_at} now={now} />
  return <Ago at={finished_at ?? created_at} now={now} />
}

/** The error's first line, or why it is as it is. */
const because = ({ error, reason, status }: Task): string => (error ?? (status === 'waiting-for-input' ? reason : '')).split('\n', 1)[0] as string
