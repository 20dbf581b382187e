import type { Sentence } from '../../src/log/sentence.ts'
import { markOf } from '../events/mark.ts'
import { domId } from '../ui/dom-id.ts'
import { attr } from '../ui/html.ts'
import { Icon } from '../ui/icon.tsx'
import { NewRows } from '../ui/new-rows.tsx'
import { Ago } from '../ui/time.tsx'

export function Feed({ items, now }: { items: readonly Sentence[]; now: number }): JSX.Element {
  return (
    <section class="home-feed" aria-labelledby="home-feed-title">
      <header class="block-head">
        <h2 id="home-feed-title">Latest</h2>
        <a href="/events">All events</a>
      </header>
      <NewRows />
      <ol class="feed" data-rows>
        {items.map((item) => (
          <Row item={item} now={now} />
        ))}
      </ol>
    </section>
  )
}

function Row({ item, now }: { item: Sentence; now: number }): JSX.Element {
  const { seq, at, text, brief, actor, source, href } = item
  const { icon, tone } = markOf(item)
  const by = source ? `from ${source}` : actor === 'telltale' || text.startsWith(`${actor} `) ? '' : `by ${actor}`
  const whole = by ? `${text}, ${by}` : text
  return (
    <li id={domId('event', String(seq), 'feed')} data-id={seq} data-tone={tone}>
      <Icon name={icon} />
      <a class="feed-what" href={href} title={attr(whole)} dir="auto" hx-disable safe>
        {source ? whole : brief}
      </a>
      <span class="muted number">
        <Ago at={at} now={now} />
      </span>
    </li>
  )
}
