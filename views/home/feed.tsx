import type { Sentence } from '../../src/log/sentence.ts'
import { domId } from '../ui/dom-id.ts'
import { NewRows } from '../ui/new-rows.tsx'
import { Ago } from '../ui/time.tsx'

export function Feed({ items, now }: { items: readonly Sentence[]; now: number }): JSX.Element {
  return (
    <aside class="home-feed" aria-labelledby="home-feed-title">
      <h2 id="home-feed-title">Latest</h2>
      <NewRows />
      <ol class="feed" data-rows>
        {items.map(({ seq, at, text, actor, source, href }) => (
          <li id={domId('event', String(seq), 'feed')} data-id={seq}>
            <a class="feed-what" href={href} dir="auto" hx-disable safe>
              {text}
            </a>
            <span class="muted">
              <Ago at={at} now={now} />
              <span hx-disable safe>
                {source ? `, from ${source}` : actor === 'telltale' || text.startsWith(`${actor} `) ? '' : `, by ${actor}`}
              </span>
            </span>
          </li>
        ))}
      </ol>
    </aside>
  )
}
