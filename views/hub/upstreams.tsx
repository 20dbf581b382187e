import type { HubState } from '../../src/hub/hub.ts'
import { Badge, type Status } from '../ui/badge.tsx'
import { domId } from '../ui/dom-id.ts'
import { attr } from '../ui/html.ts'
import { number } from '../ui/number.ts'
import { Ago } from '../ui/time.tsx'

type Upstream = HubState['items'][number]

const STATES: Record<Upstream['state'], Status> = {
  live: { tone: 'quiet', icon: 'done', word: 'Live' },
  connecting: { tone: 'unknown', icon: 'unknown', word: 'Connecting' },
  waiting: { tone: 'retrying', icon: 'retrying', word: 'Retrying' },
  refused: { tone: 'failed', icon: 'failed', word: 'Refused' },
  stopped: { tone: 'unknown', icon: 'stop', word: 'Stopped' },
}

const COUNTS = [
  ['received', 'Received', false],
  ['duplicates', 'Duplicates', false],
  ['refused', 'Refused', true],
  ['losses', 'Losses', true],
  ['retries', 'Retries', false],
] as const

/** What this server reads from elsewhere, and how that goes. */
export function Upstreams({ items, now }: { items: readonly Upstream[]; now: number }): JSX.Element {
  return (
    <section class="block" aria-labelledby="hub-upstreams">
      <h2 id="hub-upstreams">In: upstreams</h2>
      {items.length > 0 ? (
        <Table items={items} now={now} />
      ) : (
        <p class="muted">
          None. A <code>telltale.config.json</code> beside the data, or <code>--upstream</code>, names other servers and programs whose events are shown here
          too.
        </p>
      )}
    </section>
  )
}

function Table({ items, now }: { items: readonly Upstream[]; now: number }): JSX.Element {
  return (
    <div class="table-frame" id="hub-upstreams-table">
      <table class="table upstreams-table">
        <caption class="visually-hidden">Upstreams</caption>
        <thead>
          <tr>
            <th scope="col" class="cell-status">
              State
            </th>
            <th scope="col" class="cell-title">
              Upstream
            </th>
            <th scope="col" class="cell-age number">
              Last event
            </th>
            {COUNTS.map(([, title]) => (
              <th scope="col" class="cell-count number">
                {title}
              </th>
            ))}
            <th scope="col" class="cell-next number">
              Next try
            </th>
          </tr>
        </thead>
        <tbody hx-disable>
          {items.map((upstream) => (
            <Row upstream={upstream} now={now} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({ upstream, now }: { upstream: Upstream; now: number }): JSX.Element {
  const { name, target, state, last_event_at, next_try_ms, last_error } = upstream
  return (
    <>
      <tr id={domId('upstream', name)} data-has-error={last_error ? '' : undefined}>
        <td class="cell-status">
          <Badge {...STATES[state]} />
        </td>
        <td class="cell-title" title={attr(target)}>
          <span safe>{name}</span>
          <code class="row-more" safe>
            {target}
          </code>
        </td>
        <td class="cell-age number">
          {last_event_at === null ? <span class="none">none yet</span> : <Ago at={new Date(last_event_at).toISOString()} now={now} />}
        </td>
        {COUNTS.map(([key, title, mustBeNone]) => (
          <td class="cell-count number" data-name={title} data-tone={mustBeNone && upstream[key] > 0 ? 'alert' : undefined}>
            {number(upstream[key]) as 'safe'}
          </td>
        ))}
        <td class="cell-next number">
          {next_try_ms === null ? <span class="none">–</span> : <Ago at={new Date(now + next_try_ms).toISOString()} now={now} />}
        </td>
      </tr>
      {last_error ? (
        <tr id={domId('upstream', name, 'error')} class="upstream-error">
          <td colspan={9}>
            <span class="muted">Last error: </span>
            <span safe>{last_error}</span>
          </td>
        </tr>
      ) : (
        ''
      )}
    </>
  )
}
