import { isAlive } from '../../src/workers/words.ts'
import type { WorkerFilter, WorkerList, WorkerListItem } from '../../src/workers/workers.ts'
import { Badge } from '../ui/badge.tsx'
import { emptyState } from '../ui/empty.tsx'
import { html } from '../ui/html.ts'
import { Cells, type Column, None, Row, RowTitle, Table } from '../ui/table.tsx'
import { Ago, Elapsed } from '../ui/time.tsx'
import type { Viewer } from '../viewer.ts'
import { RowActions } from './actions.tsx'
import { statusOf } from './status.ts'

export function workerList(data: WorkerList, query: WorkerFilter, viewer: Viewer): string {
  const { items, next, counts } = data
  const operates = viewer.may('workers.operate')
  const columns = columnsOf(viewer.now)
  const safeEmpty = items.length === 0 ? nothing(data, query, viewer) : ''
  return html(
    <>
      <Tabs counts={counts} query={query} />
      {items.length > 0 ? (
        <Table name="workers" label="Workers, newest first" columns={columns} acts={operates}>
          {items.map((worker) => (
            <Row noun="worker" id={worker.id} tone={statusOf(worker).tone} actions={operates ? <RowActions worker={worker} /> : undefined}>
              <Cells columns={columns} of={worker} />
            </Row>
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

const columnsOf = (now: number): readonly Column<WorkerListItem>[] => [
  { name: 'status', title: 'Status', cell: (worker) => <Badge {...statusOf(worker)} /> },
  { name: 'title', title: 'Worker', cell: ({ id, name, kind }) => <RowTitle href={`/workers/${id}`} title={name} more={`${id} ${kind}`} /> },
  { name: 'holds', title: 'Now', cell: (worker) => <Now worker={worker} now={now} /> },
  {
    name: 'queues',
    title: 'Queues',
    cell: ({ queues }) => <span safe>{queues.includes('*') ? 'every queue' : queues.join(', ')}</span>,
    hint: ({ queues }) => queues.join(', '),
  },
  {
    name: 'load',
    title: 'Load',
    isNumber: true,
    cell: ({ state, holds, concurrency }) => (isAlive(state) ? <span safe>{`${holds.length}/${concurrency}`}</span> : <None />),
  },
  {
    name: 'host',
    title: 'Where',
    cell: ({ host, pid }) => <span safe>{[host, pid && `pid ${pid}`].filter(Boolean).join(' · ') || '–'}</span>,
    hint: ({ host }) => host ?? '',
  },
  { name: 'age', title: 'Since', isNumber: true, cell: ({ stopped_at, launched_at }) => <Ago at={stopped_at ?? launched_at} now={now} /> },
]

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

function nothing({ counts }: WorkerList, query: WorkerFilter, viewer: Viewer): string {
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
    detail: 'Tasks wait until a worker claims them. Launch one above, or start one from a shell on this server’s computer:',
    command: viewer.command('worker'),
  })
}
