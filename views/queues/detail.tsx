import type { PropsWithChildren } from '@kitajs/html'
import type { Queue } from '../../src/queues/queues.ts'
import { Badge } from '../ui/badge.tsx'
import { Ranges } from '../ui/chart/ranges.tsx'
import { domId } from '../ui/dom-id.ts'
import { attr, html } from '../ui/html.ts'
import { number } from '../ui/number.ts'
import { Ago, Until } from '../ui/time.tsx'
import type { Viewer } from '../viewer.ts'
import { counted, isStuck } from './backlog.ts'
import { Done, Waits } from './charts.tsx'
import { queueHref, tasksHref } from './links.ts'
import { Servers } from './servers.tsx'

export function queueDetail(it: Queue, { now }: Viewer): string {
  const { queue, running, oldest_at, next_at, workers, throughput } = it
  return html(
    <article class="detail queue-detail" id={domId('queue', encodeURIComponent(queue), 'detail')}>
      <header class="detail-head">
        <div class="detail-title" hx-disable>
          {isStuck(it) ? <Badge tone="retrying" icon="unknown" word="No worker" /> : ''}
          <h1 dir="auto" safe>
            {queue}
          </h1>
        </div>
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
        <Now name="Running" count={number(running)} href={tasksHref(queue, { state: 'running' })} />
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
