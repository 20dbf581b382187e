import type { Home } from '../src/home/home.ts'
import { Block } from './home/blocks.tsx'
import { Broken } from './home/broken.tsx'
import { Feed } from './home/feed.tsx'
import { FirstSteps } from './home/first-steps.tsx'
import { LastDay } from './home/last-day.tsx'
import { QueuePulse } from './home/queue-pulse.tsx'
import { Running } from './home/running.tsx'
import { StatusLine } from './home/status-line.tsx'
import { TaskLines } from './tasks/lines.tsx'
import { html } from './ui/html.ts'
import { Icon } from './ui/icon.tsx'
import type { Viewer } from './viewer.ts'

export function homeView(home: Home, _: unknown, viewer: Viewer): string {
  const { now } = viewer
  const { trouble, needs, broken, queues, scheduled, feed, first_steps, day } = home
  return html(
    <div class="home">
      <h1 class="visually-hidden">Home</h1>
      {trouble === null ? '' : <Trouble text={trouble} />}
      <StatusLine home={home} />
      {first_steps ? <FirstSteps steps={first_steps} viewer={viewer} /> : ''}
      <div class="home-main">
        {needs.length === 0 && broken.length === 0 && !first_steps ? <p class="home-quiet muted">Nothing needs you and nothing is broken.</p> : ''}
        <NeedsYou needs={needs} viewer={viewer} />
        <Broken home={home} viewer={viewer} />
        <Running home={home} now={now} />
        <QueuePulse queues={queues} now={now} />
        {scheduled.length > 0 ? (
          <Block id="home-next" title="Next">
            <TaskLines of="next" tasks={scheduled} now={now} />
          </Block>
        ) : (
          ''
        )}
      </div>
      <aside class="home-side" aria-label="Past">
        <LastDay hours={day} />
        <Feed items={feed} now={now} />
      </aside>
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

function NeedsYou({ needs, viewer }: { needs: Home['needs']; viewer: Viewer }): JSX.Element {
  const [first, ...rest] = needs
  if (!first) return ''
  const safeLines = needs.map(({ lines }) => lines(viewer)).join('')
  return (
    <Block id="home-needs-you" title="Needs you" tone="waiting" {...(rest.length === 0 && { all: first.all })}>
      {safeLines}
    </Block>
  )
}
