import type { Home } from '../src/home/home.ts'
import { Block, TaskLines } from './home/blocks.tsx'
import { Feed } from './home/feed.tsx'
import { FirstSteps } from './home/first-steps.tsx'
import { QueuePulse } from './home/queue-pulse.tsx'
import { html } from './ui/html.ts'
import { Icon } from './ui/icon.tsx'
import { number } from './ui/number.ts'
import type { Viewer } from './viewer.ts'

const BROKEN = '/tasks?q=state:failed+state:lost'
const RUNNING = '/tasks?state=running'
const ASKING = '/tasks?state=waiting'

export function homeView(home: Home, _: unknown, { now }: Viewer): string {
  const { trouble, items, asking, broken, running, queues, scheduled, feed, first_steps, workers } = home
  return html(
    <div class="home">
      <h1 class="visually-hidden">Home</h1>
      {trouble === null ? '' : <Trouble text={trouble} />}
      {first_steps ? <FirstSteps steps={first_steps} /> : ''}
      <div class="home-main">
        <NeedsYou items={items} total={asking} now={now} isNew={first_steps !== null} />
        {broken.length > 0 ? (
          <Block id="home-broken" title="Broken" tone="failed" all={{ href: BROKEN, title: 'All failed' }}>
            <TaskLines of="broken" tasks={broken} now={now} all={BROKEN} />
          </Block>
        ) : (
          ''
        )}
        {running.length > 0 ? (
          <Block id="home-running" title="Running" all={{ href: RUNNING, title: 'All running' }}>
            <TaskLines of="running" tasks={running} now={now} all={RUNNING} />
          </Block>
        ) : (
          ''
        )}
        {queues.length > 0 ? (
          <Block id="home-queues" title="Queues" all={{ href: '/workers', title: workersIn(workers) }}>
            <QueuePulse queues={queues} now={now} />
          </Block>
        ) : (
          ''
        )}
        {scheduled.length > 0 ? (
          <Block id="home-next" title="Next">
            <TaskLines of="next" tasks={scheduled} now={now} />
          </Block>
        ) : (
          ''
        )}
      </div>
      <Feed items={feed} now={now} />
    </div>,
  )
}

function Trouble({ text }: { text: string }): JSX.Element {
  return (
    <p class="home-trouble" data-tone="failed" role="status">
      <Icon name="failed" />
      <span>
        <span safe>{text}</span> <a href="/hub">See the hub</a>
      </span>
    </p>
  )
}

/** A grey line if nothing waits, not a green banner. */
function NeedsYou({ items, total, now, isNew }: { items: Home['items']; total: number; now: number; isNew: boolean }): JSX.Element {
  if (items.length === 0) return isNew ? '' : <p class="home-quiet muted">Nothing needs your attention.</p>
  return (
    <Block id="home-needs-you" title="Needs you" tone="waiting" all={{ href: ASKING, title: 'All waiting' }}>
      <TaskLines of="needs-you" tasks={items} now={now} all={ASKING} most={items.length} total={total} />
    </Block>
  )
}

function workersIn({ idle, busy, starting, draining, lost }: Home['workers']): string {
  const alive = idle + busy + starting + draining
  const words = `${number(alive)} ${alive === 1 ? 'worker' : 'workers'}, ${number(busy)} busy`
  return lost > 0 ? `${words}, ${number(lost)} lost` : words
}
