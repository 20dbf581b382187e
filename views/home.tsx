import type { Home } from '../src/home/home.ts'
import { Block } from './home/blocks.tsx'
import { Broken } from './home/broken.tsx'
import { Feed } from './home/feed.tsx'
import { FirstSteps } from './home/first-steps.tsx'
import { QueuePulse } from './home/queue-pulse.tsx'
import { TaskLines } from './tasks/lines.tsx'
import { html } from './ui/html.ts'
import { Icon } from './ui/icon.tsx'
import { number } from './ui/number.ts'
import type { Viewer } from './viewer.ts'

const RUNNING = '/tasks?state=running'

export function homeView(home: Home, _: unknown, viewer: Viewer): string {
  const { now } = viewer
  const { trouble, needs, running, queues, scheduled, feed, first_steps, workers } = home
  return html(
    <div class="home">
      <h1 class="visually-hidden">Home</h1>
      {trouble === null ? '' : <Trouble text={trouble} />}
      {first_steps ? <FirstSteps steps={first_steps} viewer={viewer} /> : ''}
      <div class="home-main">
        <NeedsYou needs={needs} viewer={viewer} isNew={first_steps !== null} />
        <Broken home={home} viewer={viewer} />
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
function NeedsYou({ needs, viewer, isNew }: { needs: Home['needs']; viewer: Viewer; isNew: boolean }): JSX.Element {
  const [first, ...rest] = needs
  if (!first) return isNew ? '' : <p class="home-quiet muted">Nothing needs your attention.</p>
  const safeLines = needs.map(({ lines }) => lines(viewer)).join('')
  return (
    <Block id="home-needs-you" title="Needs you" tone="waiting" {...(rest.length === 0 && { all: first.all })}>
      {safeLines}
    </Block>
  )
}

function workersIn({ idle, busy, starting, draining, lost }: Home['workers']): string {
  const alive = idle + busy + starting + draining
  const words = `${number(alive)} ${alive === 1 ? 'worker' : 'workers'}, ${number(busy)} busy`
  return lost > 0 ? `${words}, ${number(lost)} lost` : words
}
