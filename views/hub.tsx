import type { HubState } from '../src/hub/hub.ts'
import { type Numbers, numbersOf } from './hub/numbers.ts'
import { Slowest } from './hub/slowest.tsx'
import { Upstreams } from './hub/upstreams.tsx'
import { Badge } from './ui/badge.tsx'
import { Sparkline } from './ui/chart/sparkline.tsx'
import { html } from './ui/html.ts'
import { Icon } from './ui/icon.tsx'
import { number } from './ui/number.ts'
import { Exact } from './ui/time.tsx'
import type { Viewer } from './viewer.ts'

export function hubHead(): string {
  return html(
    <div class="head" id="hub-head">
      <h1 class="visually-hidden">Hub</h1>
      <p class="muted">
        How changes reach every viewer. Also available as <a href="/metrics">/metrics</a> and <a href="/api/hub">/api/hub</a>.
      </p>
    </div>,
  )
}

export function hubView(state: HubState, viewer: Viewer): string {
  return html(
    <div class="hub">
      <Verdict state={state} />
      <Upstreams items={state.items} now={viewer.now} />
      <Traffic state={state} />
      <section class="hub-groups" aria-labelledby="hub-counters">
        <h2 id="hub-counters">Counters</h2>
        {numbersOf(state).map(Group)}
      </section>
      <Slowest statements={state.database.slowest} now={viewer.now} />
    </div>,
  )
}

function Verdict({ state }: { state: HubState }): JSX.Element {
  const { troubles, started_at, items } = state
  const unsure = items.filter(({ state }) => state === 'connecting' || state === 'stopped')
  if (troubles.length > 0) {
    return (
      <ul class="hub-verdict" data-tone="failed" aria-label="Problems" hx-disable>
        {troubles.map((trouble) => (
          <li>
            <Icon name="failed" />
            <span safe>{trouble}</span>
          </li>
        ))}
      </ul>
    )
  }
  return (
    <p class="hub-verdict">
      <Badge {...(unsure.length > 0 ? { tone: 'unknown', icon: 'unknown', word: 'Not known yet' } : { tone: 'quiet', icon: 'done', word: 'All is well' })} />
      <span class="muted">
        {unsure.length > 0 ? `${unsure.map(({ name }) => name).join(', ')}: not connected, so nothing is known of it. ` : ''}
        Nothing lost and no reader cut off since this server started on <Exact at={started_at} />.
      </span>
    </p>
  )
}

function Traffic({ state }: { state: HubState }): JSX.Element {
  const { per_second, events, seq, epoch, started_at } = state
  const { now, minute, history } = per_second
  const most = Math.max(...history.map((value) => value ?? 0))
  return (
    <section class="hub-traffic" aria-label="Events">
      <dl class="hub-rates">
        <Rate name="Events a second" value={now} means="in the last 5 s" />
        <Rate name="Over a minute" value={minute} means="a second, on average" />
        <Rate name="Since the start" value={events} means="events in all" />
      </dl>
      <figure class="hub-chart">
        <Sparkline
          values={history}
          label={`Events a second in the last 5 minutes: at most ${number(most)}, now ${now === null ? 'not known yet' : number(now)}`}
        />
        <figcaption>
          <span>5 minutes ago</span>
          <span safe>{`most: ${number(most)} a second`}</span>
          <span>now</span>
        </figcaption>
      </figure>
      <p class="hub-log muted">
        {'The log is at event '}
        <a href="/api/events?limit=20">
          <span class="number">{number(seq) as 'safe'}</span>
        </a>
        {' of epoch '}
        <code safe>{epoch}</code>
        {', on a server that started '}
        <Exact at={started_at} />
      </p>
    </section>
  )
}

function Rate({ name, value, means }: { name: string; value: number | null; means: string }): JSX.Element {
  return (
    <div>
      <dt safe>{name}</dt>
      <dd class="hub-rate" safe>
        {value === null ? '–' : number(value)}
      </dd>
      <dd class="muted" safe>
        {value === null ? 'not known yet' : means}
      </dd>
    </div>
  )
}

/** Folded: its summary has what is not as it should be, else its first number. */
function Group({ id, title, rows }: Numbers): JSX.Element {
  const wrong = rows.filter(({ tone }) => tone === 'alert')
  const told = wrong.length > 0 ? wrong : rows.slice(0, 2)
  return (
    <details class="hub-group" id={`hub-${id}`}>
      <summary data-tone={wrong.length > 0 ? 'failed' : undefined}>
        <span class="hub-group-title" safe>
          {title}
        </span>
        <span class="hub-group-words" safe>
          {told.map(({ name, value }) => `${name}: ${value}`).join(', ')}
        </span>
        <span class="muted number" safe>{`${rows.length} ${rows.length === 1 ? 'counter' : 'counters'}`}</span>
      </summary>
      <dl class="hub-numbers">
        {rows.map(({ name, means, value, tone }) => (
          <div data-tone={tone}>
            <dt>
              <span safe>{name}</span>
              <span class="muted" safe>
                {means}
              </span>
            </dt>
            <dd safe>{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}
