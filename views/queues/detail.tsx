import type { Viewer } from '../../src/http/panel.ts'
import type { Queue } from '../../src/queues/queues.ts'
import { Badge } from '../ui/badge.tsx'
import { Ranges } from '../ui/chart/ranges.tsx'
import { domId } from '../ui/dom-id.ts'
import { attr, html } from '../ui/html.ts'
import { number } from '../ui/number.ts'
import { Ago } from '../ui/time.tsx'
import { Done, Waits } from './charts.tsx'
import { queueHref, tasksHref } from './links.ts'
import { Servers } from './servers.tsx'

/** A queue's page: how far behind it is now, and what went through it. */
export function queueDetail(it: Queue, { now }: Viewer): string {
  const { queue, queued, running, oldest_at, workers, throughput } = it
  const waitsSince = oldest_at && Date.parse(oldest_at) <= now ? oldest_at : null
  const isStuck = queued > 0 && workers.length === 0
  return html(
    <article class="detail queue-detail" id={domId('queue', encodeURIComponent(queue), 'detail')}>
      <header class="detail-head">
        <div class="detail-title" hx-disable>
          {isStuck ? <Badge tone="retrying" icon="unknown" word="No worker" /> : ''}
          <h1 dir="auto" safe>
            {queue}
          </h1>
        </div>
      </header>
      <dl class="now-numbers" hx-disable>
        <div>
          <dt>Oldest waits</dt>
          <dd>{waitsSince ? <Ago at={waitsSince} now={now} /> : <span class="none">–</span>}</dd>
        </div>
        <Now name="Waiting" count={queued} href={tasksHref(queue, { state: 'queued' })} />
        <Now name="Running" count={running} href={tasksHref(queue, { state: 'running' })} />
        <div>
          <dt>Workers</dt>
          <dd>
            <Servers workers={workers} />
          </dd>
        </div>
      </dl>
      <h2 class="visually-hidden">What went through it</h2>
      <Ranges at={throughput.range} href={queueHref(queue)} />
      <div class="charts" hx-disable>
        <Done queue={queue} throughput={throughput} />
        <Waits throughput={throughput} />
      </div>
    </article>,
  )
}

function Now({ name, count, href }: { name: string; count: number; href: string }): JSX.Element {
  return (
    <div>
      <dt safe>{name}</dt>
      <dd>
        <a href={attr(href)} safe>
          {number(count)}
        </a>
      </dd>
    </div>
  )
}
