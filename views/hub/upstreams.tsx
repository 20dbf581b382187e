import type { HubState } from '../../src/hub/hub.ts'
import { Badge, type Status } from '../ui/badge.tsx'
import { domId } from '../ui/dom-id.ts'
import { number } from '../ui/number.ts'
import { Cells, type Column, None, PlainTable } from '../ui/table.tsx'
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

const columnsOf = (now: number): readonly Column<Upstream>[] => [
  { name: 'status', title: 'State', cell: ({ state }) => <Badge {...STATES[state]} /> },
  {
    name: 'title',
    title: 'Upstream',
    cell: ({ name, target }) => (
      <>
        <span safe>{name}</span>
        <code class="row-more" safe>
          {target}
        </code>
      </>
    ),
    hint: ({ target }) => target,
  },
  {
    name: 'age',
    title: 'Last event',
    isNumber: true,
    cell: ({ last_event_at }) => (last_event_at === null ? <span class="none">none yet</span> : <Ago at={new Date(last_event_at).toISOString()} now={now} />),
  },
  ...COUNTS.map(
    ([key, title, mustBeNone]): Column<Upstream> => ({
      name: 'count',
      title,
      label: title,
      isNumber: true,
      cell: (upstream) => <>{number(upstream[key]) as 'safe'}</>,
      tone: (upstream) => (mustBeNone && upstream[key] > 0 ? 'alert' : undefined),
    }),
  ),
  {
    name: 'next',
    title: 'Next try',
    isNumber: true,
    cell: ({ next_try_ms }) => (next_try_ms === null ? <None /> : <Until at={new Date(now + next_try_ms).toISOString()} now={now} />),
  },
]

export function Upstreams({ items, now }: { items: readonly Upstream[]; now: number }): JSX.Element {
  const columns = columnsOf(now)
  return (
    <section class="block" aria-labelledby="hub-upstreams">
      <h2 id="hub-upstreams">Upstreams</h2>
      {items.length > 0 ? (
        <div class="table-frame" id="hub-upstreams-table">
          <PlainTable name="upstreams" label="Upstreams" columns={columns} stacks>
            {items.map((upstream) => (
              <Row upstream={upstream} columns={columns} />
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

function Row({ upstream, columns }: { upstream: Upstream; columns: readonly Column<Upstream>[] }): JSX.Element {
  const { name, last_error } = upstream
  return (
    <>
      <tr id={domId('upstream', name)} data-has-error={last_error ? '' : undefined}>
        <Cells columns={columns} of={upstream} />
      </tr>
      {last_error ? (
        <tr id={domId('upstream', name, 'error')} class="upstream-error" hx-disable>
          <td colspan={columns.length}>
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
