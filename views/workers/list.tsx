import { isAlive } from '../../src/workers/words.ts'
import type { WorkerFilter, WorkerList, WorkerListItem } from '../../src/workers/workers.ts'
import { Badge } from '../ui/badge.tsx'
import { emptyState } from '../ui/empty.tsx'
import { html } from '../ui/html.ts'
import { Cell, type Column, None, Row, Table, TitleCell } from '../ui/table.tsx'
import { Ago, Elapsed } from '../ui/time.tsx'
import type { Viewer } from '../viewer.ts'
import { RowActions } from './actions.tsx'
import { statusOf } from './status.ts'

const COLUMNS: readonly Column[] = [
  { name: 'status', title: 'Status' },
  { name: 'title', title: 'Worker' },
  { name: 'holds', title: 'Now' },
  { name: 'queues', title: 'Queues' },
  { name: 'load', title: 'Load', isNumber: true },
  { name: 'host', title: 'Where' },
  { name: 'age', title: 'Since', isNumber: true },
]

export function workerList(data: WorkerList, query: WorkerFilter, viewer: Viewer): string {
  const { items, next, counts } = data
  const operates = viewer.may('workers.operate')
  const safeEmpty = items.length === 0 ? nothing(data, query) : ''
  return html(
    <>
      <Tabs counts={counts} query={query} />
      {items.length > 0 ? (
        <Table name="workers" label="Workers, newest first" columns={COLUMNS} acts={operates}>
          {items.map((worker) => (
            <WorkerRow worker={worker} operates={operates} now={viewer.now} />
          ))}
        </Table>
      ) : (
        <div id="workers-empty" data-empty>
          {safeEmpty}
        </div>
      )}
      {next ? (
        <nav class="pager" id="workers-pager" aria-label="Older workers">
          <a class="button" href={hrefOf(query.state, next)} rel="next" data-more>
            Show more
          </a>
        </nav>
      ) : (
        ''
      )}
    </>,
  )
}

function Tabs({ counts, query }: { counts: WorkerList['counts']; query: WorkerFilter }): JSX.Element {
  const { starting, idle, busy, draining, stopped, lost } = counts
  const tabs = [
    { state: undefined, title: 'All', count: starting + idle + busy + draining + stopped + lost },
    { state: 'alive', title: 'Alive', count: starting + idle + busy + draining },
    { state: 'busy', title: 'Busy', count: busy },
    { state: 'idle', title: 'Idle', count: idle },
    { state: 'draining', title: 'Draining', count: draining },
    { state: 'lost', title: 'Lost', count: lost },
    { state: 'stopped', title: 'Stopped', count: stopped },
  ] as const
  return (
    <nav class="tabs" id="workers-tabs" aria-label="By state">
      {tabs.map(({ state, title, count }) => (
        <a href={hrefOf(state)} aria-current={query.state === state ? 'page' : undefined}>
          <span>{title}</span>
          <span class="tab-count" data-tone={state === 'lost' && count > 0 ? 'alert' : undefined}>
            {count}
          </span>
        </a>
      ))}
    </nav>
  )
}

function WorkerRow({ worker, operates, now }: { worker: WorkerListItem; operates: boolean; now: number }): JSX.Element {
  const { id, name, kind, queues, concurrency, state, host, pid, launched_at, stopped_at } = worker
  const status = statusOf(worker)
  return (
    <Row noun="worker" id={id} tone={status.tone} actions={operates ? <RowActions worker={worker} /> : undefined}>
      <td class="cell-status">
        <Badge {...status} />
      </td>
      <TitleCell href={`/workers/${id}`} title={name} more={`${id} ${kind}`} />
      <Cell of="holds">
        <Now worker={worker} now={now} />
      </Cell>
      <Cell of="queues" title={queues.join(', ')}>
        <span safe>{queues.includes('*') ? 'every queue' : queues.join(', ')}</span>
      </Cell>
      <td class="cell-load number">{isAlive(state) ? (`${worker.holds.length}/${concurrency}` as 'safe') : <None />}</td>
      <Cell of="host" title={host ?? ''}>
        <span safe>{[host, pid && `pid ${pid}`].filter(Boolean).join(' · ') || '–'}</span>
      </Cell>
      <td class="cell-age number">
        <Ago at={stopped_at ?? launched_at} now={now} />
      </td>
    </Row>
  )
}

/** The current action with its time; otherwise the first held task and how many more, or why there is none. */
function Now({ worker: { transient_at, holds, reason }, now }: { worker: WorkerListItem; now: number }): JSX.Element {
  const [first] = holds
  if (transient_at || !first) {
    return (
      <span class="holds">
        {transient_at ? <Elapsed at={transient_at} now={now} /> : ''}
        <span class="muted" safe>
          {reason}
        </span>
      </span>
    )
  }
  return (
    <span class="holds">
      <a href={`/tasks/${first.id}`} dir="auto" safe>
        {first.title}
      </a>
      {first.started_at ? <Elapsed at={first.started_at} now={now} /> : ''}
      {holds.length > 1 ? <span class="muted">{`+${holds.length - 1}` as 'safe'}</span> : ''}
    </span>
  )
}

function hrefOf(state: WorkerFilter['state'], before?: string): string {
  const search = new URLSearchParams({ ...(state && { state }), ...(before && { before }) }).toString()
  return search ? `/workers?${search}` : '/workers'
}

function nothing({ counts }: WorkerList, query: WorkerFilter): string {
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0)
  if (all > 0) {
    return emptyState({
      title: `No ${query.state ?? 'older'} workers`,
      detail: `${all.toLocaleString('en-US')} ${all === 1 ? 'worker exists' : 'workers exist'}.`,
      action: { label: 'Show all workers', href: '/workers' },
    })
  }
  return emptyState({
    title: 'No workers yet',
    detail: 'Tasks wait until a worker claims them. Launch one above, or start one in a shell, here or on another machine with a token:',
    command: 'npx telltale worker',
  })
}
