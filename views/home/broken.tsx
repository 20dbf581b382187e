import type { Home } from '../../src/home/home.ts'
import { failureOf, statusOf } from '../tasks/status.ts'
import { domId } from '../ui/dom-id.ts'
import { Button } from '../ui/form/button.tsx'
import { attr } from '../ui/html.ts'
import { Icon } from '../ui/icon.tsx'
import { number } from '../ui/number.ts'
import { Ago, timeOfDay } from '../ui/time.tsx'
import type { Viewer } from '../viewer.ts'
import { Block } from './blocks.tsx'

const ALL = '/tasks?state=broken'
const MOST = 8

type Failure = Home['broken'][number]

/** What failed and nobody acknowledged, newest end first; equal failures are one row. */
export function Broken({ home: { broken, broken_count }, viewer }: { home: Home; viewer: Viewer }): JSX.Element {
  if (broken.length === 0) return ''
  const shown = broken.slice(0, MOST)
  const rest = broken_count - shown.reduce((sum, { ids }) => sum + ids.length, 0)
  const operates = viewer.may('tasks.operate')
  return (
    <Block id="home-broken" title="Broken" tone="failed" all={{ href: ALL, title: `${number(broken_count)} ${broken_count === 1 ? 'task' : 'tasks'}` }}>
      <ul class="broken">
        {shown.map((failure) => (
          <Row failure={failure} viewer={viewer} operates={operates} />
        ))}
        {rest > 0 ? (
          <li class="lines-rest">
            <a href={ALL}>{`and ${number(rest)} more` as 'safe'}</a>
          </li>
        ) : (
          ''
        )}
      </ul>
    </Block>
  )
}

function Row({ failure, viewer: { now }, operates }: { failure: Failure; viewer: Viewer; operates: boolean }): JSX.Element {
  const { id, title, ids, reason, finished_at, created_at } = failure
  const { tone, icon, word } = statusOf(failure, now)
  const href = ids.length > 1 ? `/tasks?${new URLSearchParams({ state: 'broken', q: JSON.stringify(title) })}` : `/tasks/${id}`
  return (
    <li id={domId('task', id, 'broken')} class="broken-row" data-tone={tone}>
      <Icon name={icon} />
      <span class="broken-what" hx-disable>
        <span class="visually-hidden" safe>{`${word}: `}</span>
        <a class="row-link" href={attr(href)} dir="auto" title={attr(title)} safe>
          {title}
        </a>
      </span>
      <Times failure={failure} now={now} />
      <span class="broken-why" dir="auto" title={attr(reason)} hx-disable safe>
        {failureOf(failure)}
      </span>
      <Ago at={finished_at ?? created_at} now={now} />
      {operates ? <Acts ids={ids} title={title} /> : ''}
    </li>
  )
}

/** How often it failed, or in which attempt. */
function Times({ failure: { ids, since, attempt, max_attempts }, now }: { failure: Failure; now: number }): JSX.Element {
  const words = ids.length > 1 ? `${number(ids.length)} times since ${timeOfDay(since, now)}` : max_attempts > 1 ? `${attempt} of ${max_attempts} attempts` : ''
  return <span class="broken-times">{words as 'safe'}</span>
}

function Acts({ ids, title }: { ids: readonly string[]; title: string }): JSX.Element {
  const many = ids.length > 1 ? ` ${number(ids.length)}` : ''
  return (
    <form class="broken-acts" method="post" action="/api/tasks/bulk" hx-post="/api/tasks/bulk" hx-target="closest .panel" hx-swap="morph:innerHTML settle:0ms">
      {ids.map((id) => (
        <input type="hidden" name="id" value={id} />
      ))}
      <Button name="verb" value="retry" label={`Retry${many}`} />
      <button
        type="submit"
        class="button"
        data-look="plain"
        name="verb"
        value="acknowledge"
        aria-label={attr(`Acknowledge ${title}`)}
        title={`Acknowledge${many}`}
      >
        <Icon name="ack" />
      </button>
    </form>
  )
}
