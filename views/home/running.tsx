import type { Home } from '../../src/home/home.ts'
import { Progress } from '../tasks/progress.tsx'
import { statusOf } from '../tasks/status.ts'
import { domId } from '../ui/dom-id.ts'
import { attr } from '../ui/html.ts'
import { Icon } from '../ui/icon.tsx'
import { number } from '../ui/number.ts'
import { Elapsed } from '../ui/time.tsx'
import { Block } from './blocks.tsx'

const ALL = '/tasks?state=running'
const MOST = 8

/** What runs: where, how far it is, and what it printed last. */
export function Running({ home: { running, counts }, now }: { home: Home; now: number }): JSX.Element {
  if (running.length === 0) return ''
  return (
    <Block id="home-running" title="Running" all={{ href: ALL, title: `All ${number(counts.claimed + counts.running)}` }}>
      <ul class="running">
        {running.slice(0, MOST).map((task) => (
          <Row task={task} now={now} />
        ))}
      </ul>
    </Block>
  )
}

function Row({ task, now }: { task: Home['running'][number]; now: number }): JSX.Element {
  const { id, title, last_line, worker_id, started_at, claimed_at, created_at } = task
  const { tone, icon, word } = statusOf(task, now)
  return (
    <li id={domId('task', id, 'running')} class="running-row" data-tone={tone}>
      <Icon name={icon} />
      <span class="running-what" hx-disable>
        <span class="visually-hidden" safe>{`${word}: `}</span>
        <a class="row-link" href={`/tasks/${id}`} dir="auto" title={attr(title)} safe>
          {title}
        </a>
      </span>
      <span class="running-last" dir="auto" hx-disable safe>
        {last_line ?? ''}
      </span>
      <span class="running-worker" safe>
        {worker_id ?? ''}
      </span>
      <Progress task={task} of="running-progress" />
      <span class="line-when number">
        <Elapsed at={started_at ?? claimed_at ?? created_at} now={now} />
      </span>
    </li>
  )
}
