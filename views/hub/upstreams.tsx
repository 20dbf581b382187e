import type { HubState } from '../../src/hub/hub.ts'
import { Badge, type Status } from '../ui/badge.tsx'
import { domId } from '../ui/dom-id.ts'
import { number } from '../ui/number.ts'
import { Cell, type Column, None, PlainTable } from '../ui/table.tsx'
import { Ago, Until } from '../ui/time.tsx'

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

const COLUMNS: readonly Column[] = [
  { name: 'status', title: 'State' },
  { name: 'title', title: 'Upstream' },
  { name: 'age', title: 'Last event', isNumber: true },
  ...COUNTS.map(([, title]) => ({ name: 'count', title, isNumber: true })),
  { name: 'next', title: 'Next try', isNumber: true },
]

export function Upstreams({ items, now }: { items: readonly Upstream[]; now: number }): JSX.Element {
  return (
    <section class="block" aria-labelledby="hub-upstreams">
      <h2 id="hub-upstreams">Upstreams</h2>
      {items.length > 0 ? (
        <div class="table-frame" id="hub-upstreams-table">
          <PlainTable name="upstreams" label="Upstreams" columns={COLUMNS} stacks>
            {items.map((upstream) => (
              <Row upstream={upstream} now={now} />
            ))}
          </PlainTable>
        </div>
      ) : (
        <p class="muted">
          None. A <code>telltale.config.json</code> beside the data, or <code>--upstream</code>, names other servers and programs to read events from.
        </p>
      )}
    </section>
  )
}

function Row({ upstream, now }: { upstream: Upstream; now: number }): JSX.Element {
  const { name, target, state, last_event_at, next_try_ms, last_error } = upstream
  return (
    <>
      <tr id={domId('upstream', name)} data-has-error={last_error ? '' : undefined} hx-disable>
        <Cell of="status">
          <Badge {...STATES[state]} />
        </Cell>
        <Cell of="title" title={target}>
          <span safe>{name}</span>
          <code class="row-more" safe>
            {target}
          </code>
        </Cell>
        <Cell of="age" number>
          {last_event_at === null ? <span class="none">none yet</span> : <Ago at={new Date(last_event_at).toISOString()} now={now} />}
        </Cell>
        {COUNTS.map(([key, title, mustBeNone]) => (
          <td class="cell-count number" data-name={title} data-tone={mustBeNone && upstream[key] > 0 ? 'alert' : undefined}>
            {number(upstream[key]) as 'safe'}
          </td>
        ))}
        <Cell of="next" number>
          {next_try_ms === null ? <None /> : <Until at={new Date(now + next_try_ms).toISOString()} now={now} />}
        </Cell>
      </tr>
      {last_error ? (
        <tr id={domId('upstream', name, 'error')} class="upstream-error" hx-disable>
          <td colspan={COLUMNS.length}>
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
