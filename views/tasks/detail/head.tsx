import type { TaskInContext } from '../../../src/tasks/context/context.ts'
import type { Task } from '../../../src/tasks/tasks.ts'
import { isOpen } from '../../../src/tasks/words.ts'
import { Badge } from '../../ui/badge.tsx'
import { Copy, CopyButton } from '../../ui/form/copy.tsx'
import { attr } from '../../ui/html.ts'
import { Took } from '../../ui/time.tsx'
import type { Viewer } from '../../viewer.ts'
import { PageActions } from '../actions.tsx'
import { Progress } from '../progress.tsx'
import { statusOf } from '../status.ts'
import { Beside } from './beside.tsx'
import { Why } from './why.tsx'

/** Three lines, each of which is there from the start, so that nothing moves when the task ends. */
export function Head({ of: { task, beside, headline, shown, pipeline }, viewer }: { of: TaskInContext; viewer: Viewer }): JSX.Element {
  const { id, title, command, started_at, finished_at } = task
  const isNewest = shown === undefined || shown === task.attempt
  return (
    <header class="detail-head">
      <div class="detail-title" hx-disable>
        {pipeline && task.step !== null ? (
          <h1 dir="auto" title={attr(title)}>
            <a href={`/tasks/${pipeline.task.id}`} safe>
              {pipeline.task.title}
            </a>
            <span safe>{`: ${task.step}`}</span>
          </h1>
        ) : (
          <h1 dir="auto" title={attr(title)} safe>
            {title}
          </h1>
        )}
        <Copy text={id} label={`Copy ${id}`} />
      </div>
      <Beside beside={beside} />
      <PageActions task={task} viewer={viewer} />
      <div class="run-state" hx-disable>
        <Badge {...statusOf(task, viewer.now)} />
        {headline ? <Headline href={`${isNewest ? '' : `/tasks/${id}`}#L${headline.line}`} text={headline.text} /> : ''}
        <Progress task={task} of="progress" />
        <Why task={task} now={viewer.now} />
        {!isOpen(task.state) && started_at && finished_at ? (
          <span class="detail-clock">
            took <Took from={started_at} to={finished_at} />
          </span>
        ) : (
          ''
        )}
      </div>
      <div class="run-command" hx-disable>
        <code title={attr(command)} dir="ltr" data-steps={task.step_count !== null} safe>
          {firstLine(command)}
        </code>
        <CopyButton text={command} label="Copy the command" />
      </div>
    </header>
  )
}

/** The line that says why a task failed, with a link to it in the log. */
function Headline({ href, text }: { href: string; text: string }): JSX.Element {
  return (
    <a class="run-error" href={href} title={attr(text)} dir="auto" safe>
      {text}
    </a>
  )
}

const MOST_CHARACTERS = 160

/** Whether the head shows only the beginning of a command. */
export const isClamped = (command: Task['command']): boolean => command.length > MOST_CHARACTERS || command.includes('\n')

const firstLine = (text: string) => (text.includes('\n') ? `${text.trimStart().split('\n', 1)[0]} …` : text)
