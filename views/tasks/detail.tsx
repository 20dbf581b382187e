import type { Viewer } from '../../src/http/panel.ts'
import type { Attempt, Task, TaskDetail } from '../../src/tasks/tasks.ts'
import { Badge } from '../ui/badge.tsx'
import { Copy } from '../ui/copy.tsx'
import { domId } from '../ui/dom-id.ts'
import { attr, html } from '../ui/html.ts'
import { Icon } from '../ui/icon.tsx'
import { Ago, Elapsed, Exact, Took } from '../ui/time.tsx'
import { PageActions } from './actions.tsx'
import { Description } from './description.tsx'
import { Facts } from './facts.tsx'
import { isHeld, isOver, statusOf, statusOfState } from './status.ts'
import { Timeline } from './timeline.tsx'

/** A task's page, without its log: what it is, why it is as it is, and how it came to be so. */
export function taskDetail({ task, attempts, events }: TaskDetail, viewer: Viewer): string {
  const { id, command, error, result } = task
  return html(
    <article class="detail" id={domId('task', id, 'detail')} data-tone={statusOf(task, viewer.now).tone}>
      <Header task={task} viewer={viewer} />
      {isLong(error) ? (
        <pre class="error-text" tabindex={0} dir="auto" hx-disable safe>
          {error}
        </pre>
      ) : (
        ''
      )}
      <div class="command" hx-disable>
        <pre tabindex={0} role="group" aria-label="Command" dir="ltr" safe>
          {command}
        </pre>
        <CopyCommand command={command} />
      </div>
      <div class="columns">
        <div>
          <Timeline task={task} events={events} now={viewer.now} />
          <Description task={task} viewer={viewer} />
          <Result result={result} />
        </div>
        <Facts task={task} attempts={attempts} />
      </div>
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
        {isOver(task) && started_at && finished_at ? (
          <span class="detail-clock">
            took <Took from={started_at} to={finished_at} />
          </span>
        ) : (
          ''
        )}
      </div>
      <PageActions task={task} viewer={viewer} />
      <Why task={task} now={viewer.now} />
    </header>
  )
}

/** Why it is in this state, and since when, in one line. */
function Why({ task, now }: { task: Task; now: number }): JSX.Element {
  const { words, because, moment } = whyOf(task, now)
  return (
    <p class="why" hx-disable>
      {words as 'safe'} {moment}
      {because ? (
        <span dir="auto" safe>
          {`: ${because}`}
        </span>
      ) : (
        ''
      )}
    </p>
  )
}

function whyOf(task: Task, now: number): { words: string; moment: JSX.Element; because: string } {
  const { state, status, queue, reason, run_at, created_at, claimed_at, started_at, finished_at, error, exit_code } = task
  const since = (at: string) => <Elapsed at={at} now={now} />
  if (isOver(task)) {
    const told = isLong(error) ? (exit_code === null ? '' : `exit code ${exit_code}`) : reason
    return { words: 'Ended', moment: <Exact at={finished_at ?? created_at} />, because: told }
  }
  if (isHeld(task) && task.cancel_requested_at)
    return { words: 'Stopping for', moment: since(task.cancel_requested_at), because: `cancelled by ${task.cancel_requested_by ?? 'someone'}` }
  if (status === 'waiting-for-input' && started_at)
    return { words: 'Running for', moment: since(started_at), because: 'it waits at a prompt, which the end of the log shows' }
  if (isHeld(task))
    return { words: state === 'running' ? 'Running for' : 'Claimed for', moment: since(started_at ?? claimed_at ?? created_at), because: reason }
  if (Date.parse(run_at) > now) return { words: 'Due', moment: <Ago at={run_at} now={now} />, because: reason }
  return { words: 'Waiting for', moment: since(run_at), because: `no worker of the queue ${queue} has taken it yet; ${reason}` }
}

/** One line is told by the why line; more needs its own place. */
const isLong = (error: string | null): error is string => error !== null && (error.includes('\n') || error.length > 140)

function CopyCommand({ command }: { command: string }): JSX.Element {
  return (
    <copy-button data-copy={attr(command)} hidden>
      <button type="button" class="button" data-look="plain" aria-label="Copy the command" title="Copy the command">
        <Icon name="copy" class="copy-before" />
        <Icon name="done" class="copy-after" />
      </button>
    </copy-button>
  )
}

function Result({ result }: { result: unknown }): JSX.Element {
  if (result === null || result === undefined) return ''
  const text = JSON.stringify(result, null, 2)
  return (
    <details class="more" open={text.length < 400}>
      <summary>Result</summary>
      <pre class="json" tabindex={0} hx-disable safe>
        {text.slice(0, 65_536)}
      </pre>
    </details>
  )
}

function Attempts({ task, attempts, now }: { task: Task; attempts: readonly Attempt[]; now: number }): JSX.Element {
  return (
    <section class="block" aria-label="Attempts">
      <h2>Attempts</h2>
      <div class="table-scroll">
        <table class="table attempts-table" hx-disable>
          <thead>
            <tr>
              <th scope="col" class="number">
                #
              </th>
              <th scope="col">Outcome</th>
              <th scope="col">Worker</th>
              <th scope="col">Began</th>
              <th scope="col" class="number">
                Time
              </th>
              <th scope="col">Error</th>
            </tr>
          </thead>
          <tbody>
            {attempts.map((attempt) => (
              <AttemptRow task={task} attempt={attempt} now={now} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function AttemptRow({ task, attempt: it, now }: { task: Task; attempt: Attempt; now: number }): JSX.Element {
  const began = it.started_at ?? it.claimed_at
  return (
    <tr id={domId('attempt', it.attempt)}>
      <td class="number">
        <a href={`/tasks/${task.id}?attempt=${it.attempt}#log`}>{it.attempt}</a>
      </td>
      <td>
        <Badge {...statusOfState(it.outcome ?? 'running')} />
      </td>
      <td>
        <a href={`/workers/${it.worker_id}`} safe>
          {it.worker_id}
        </a>
      </td>
      <td>
        <Ago at={began} now={now} />
      </td>
      <td class="number">{it.finished_at ? <Took from={began} to={it.finished_at} /> : <Elapsed at={began} now={now} />}</td>
      <td class="cell-error" dir="auto" title={attr(it.error ?? '')} safe>
        {it.error?.split('\n', 1)[0] ?? ''}
      </td>
    </tr>
  )
}
