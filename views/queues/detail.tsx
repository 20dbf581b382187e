import type { PropsWithChildren } from '@kitajs/html'
import type { Queue } from '../../src/queues/queues.ts'
import { Ranges } from '../ui/chart/ranges.tsx'
import { domId } from '../ui/dom-id.ts'
import { attr, html } from '../ui/html.ts'
import { number } from '../ui/number.ts'
import { Ago, Until } from '../ui/time.tsx'
import type { Viewer } from '../viewer.ts'
import { counted } from './backlog.ts'
import { Done, Waits } from './charts.tsx'
import { queueHref, tasksHref } from './links.ts'
import { Servers } from './servers.tsx'
import { QueueState } from './state.tsx'
import { Steer } from './steer.tsx'

export function queueDetail(it: Queue, viewer: Viewer): string {
  const { now } = viewer
  const { queue, running, oldest_at, next_at, workers, throughput, concurrency, rate } = it
  return html(
    <article class="detail queue-detail" id={domId('queue', encodeURIComponent(queue), 'detail')}>
      <header class="detail-head">
        <div class="detail-title" hx-disable>
          <h1 dir="auto" safe>
            {queue}
          </h1>
          <QueueState queue={it} now={now} />
        </div>
        {viewer.may('queues.operate') ? (
          <div class="actions">
            <Steer queue={it} viewer={viewer} />
          </div>
        ) : (
          ''
        )}
      </header>
      <dl class="now-numbers" hx-disable>
        <div>
          <dt>Oldest waiting</dt>
          <dd>{oldest_at ? <Ago at={oldest_at} now={now} /> : <span class="none">–</span>}</dd>
        </div>
        <Now name="Due" count={counted(it, 'due')} href={tasksHref(queue, { state: 'due' })} />
        {next_at ? (
          <Now name="Scheduled" count={counted(it, 'scheduled')} href={tasksHref(queue, { state: 'scheduled' })}>
            <span class="muted">
              {' next '}
              <Until at={next_at} now={now} />
            </span>
          </Now>
        ) : (
          ''
        )}
        <Now name="Running" count={number(running)} href={tasksHref(queue, { state: 'running' })}>
          {concurrency === null ? '' : <span class="muted">{` of ${number(concurrency)}` as 'safe'}</span>}
        </Now>
        {rate ? (
          <div>
            <dt>Rate</dt>
            <dd safe>{rate.replace('/', ' / ')}</dd>
          </div>
        ) : (
          ''
        )}
        <div>
          <dt>Workers</dt>
          <dd>
            <Servers workers={workers} />
          </dd>
        </div>
      </dl>
      <h2 class="visually-hidden">Throughput</h2>
      <Ranges at={throughput.range} href={queueHref(queue)} />
      <div class="charts" hx-disable>
        <Done queue={queue} throughput={throughput} />
        <Waits throughput={throughput} />
      </div>
    </article>,
  )
}

function Now({ name, count, href, children }: PropsWithChildren<{ name: string; count: string; href: string }>): JSX.Element {
  return (
    <div>
      <dt safe>{name}</dt>
      <dd>
        <a href={attr(href)} safe>
          {count}
        </a>
        {children}{' '}
      </dd>
    </div>
  )
}
