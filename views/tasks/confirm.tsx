import type { Because, BulkOutcome } from '../../src/tasks/search/outcome.ts'
import type { Task } from '../../src/tasks/tasks.ts'
import { Badge } from '../ui/badge.tsx'
import { Button, ButtonLink } from '../ui/form/button.tsx'
import { Input } from '../ui/form/field.tsx'
import { attr, html } from '../ui/html.ts'
import { Exact } from '../ui/time.tsx'
import { each } from './list/outcome.tsx'
import { statusOf } from './status.ts'

interface ConfirmProps {
  verb: BulkOutcome['verb']
  count: number
  capped: boolean
  sample: readonly Task[]
  ids: readonly string[]
  match?: string | undefined
  zone: string
  /** The newest counted task: later ones are left alone. */
  newest: number
  /** Makes resubmitting the form harmless. */
  token: string
  /** The number that was confirmed before, if it has grown. */
  was?: number | undefined
  because: Because
  now: number
  back: string
  from?: string | undefined
}

const WORDS = {
  cancel: { what: 'Cancel', effect: 'Waiting tasks leave their queue. Running tasks are killed, with every process that they started.' },
  retry: { what: 'Retry', effect: 'Each is queued again and starts over.' },
  delete: { what: 'Delete', effect: 'They disappear from all lists. This cannot be undone.' },
  acknowledge: { what: 'Acknowledge', effect: 'They keep their state, but no longer count as broken.' },
  unacknowledge: { what: 'Undo the acknowledgement of', effect: 'They count as broken again.' },
} as const

/** The confirmation of a bulk change, with the first few tasks by name. */
export function confirmPage(props: ConfirmProps): string {
  const { verb, count, capped, sample, because, was, now, back } = props
  const { what, effect } = WORDS[verb]
  const number = `${capped ? 'more than ' : ''}${count.toLocaleString('en-US')} ${count === 1 ? 'task' : 'tasks'}`
  if (count === 0) return nothingFits(what, props)
  return html(
    <section class="card confirm" aria-labelledby="confirm-title">
      <h1 id="confirm-title" safe>{`${what} ${number}?`}</h1>
      {was === undefined ? (
        ''
      ) : (
        <p class="confirm-changed" role="alert" data-detail safe>
          {`You confirmed ${was.toLocaleString('en-US')}, but the number has changed. Nothing was done. Check again.`}
        </p>
      )}
      <p>{effect}</p>
      <ul class="confirm-sample" hx-disable>
        {sample.map((task) => (
          <Chosen task={task} now={now} />
        ))}
        {count > sample.length ? <li class="muted">{`and ${(count - sample.length).toLocaleString('en-US')} more` as 'safe'}</li> : ''}
      </ul>
      <PassedOver because={because} />
      <form method="post" action="/api/tasks/bulk" class="card-actions">
        <ConfirmForm {...props} />
        {verb === 'acknowledge' ? <Input form={{}} of="confirm" name="note" label="Note" placeholder="Optional" /> : ''}
        <Button label={`${what} ${number}`} look={verb === 'cancel' || verb === 'delete' ? 'danger' : 'primary'} />
        <ButtonLink label={count === 1 ? 'Keep it as it is' : 'Keep them as they are'} href={back} />
      </form>
    </section>,
  )
}

function PassedOver({ because }: Pick<ConfirmProps, 'because'>): JSX.Element {
  const of = each(because)
  return of ? <p class="muted" safe>{`Skipped: ${of}.`}</p> : ''
}

function Chosen({ task, now }: { task: Task; now: number }): JSX.Element {
  const { id, title, run_at } = task
  const status = statusOf(task, now)
  return (
    <li>
      <span class="confirm-status">
        <Badge {...status} />
        {status.icon === 'scheduled' ? (
          <>
            {' for '}
            <Exact at={run_at} />
          </>
        ) : (
          ''
        )}
      </span>
      <span class="confirm-title" dir="auto" safe>
        {title}
      </span>
      <code safe>{id}</code>
    </li>
  )
}

/** The confirmed selection, so that the server changes nothing else. */
function ConfirmForm({ verb, count, capped, ids, match, zone, newest, token, from }: ConfirmProps): JSX.Element {
  const fields = { verb, match, zone: match === undefined ? undefined : zone, newest, token, from, count: capped ? undefined : count }
  return (
    <>
      {Object.entries(fields).map(([name, value]) => (value === undefined ? '' : <input type="hidden" name={name} value={attr(String(value))} />))}
      {ids.map((id) => (
        <input type="hidden" name="id" value={attr(id)} />
      ))}
    </>
  )
}

function nothingFits(what: string, { because, back }: ConfirmProps): string {
  return html(
    <section class="card confirm">
      <h1 safe>{`${what}: nothing to do`}</h1>
      {each(because) ? <PassedOver because={because} /> : <p>No matching tasks.</p>}
      <div class="card-actions">
        <ButtonLink label="Back to the tasks" href={back} look="primary" />
      </div>
    </section>,
  )
}
