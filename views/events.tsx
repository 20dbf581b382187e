import type { EventsFilter, KindList } from '../src/events/events.ts'
import { Kind } from './events/kind.tsx'
import { Transport } from './events/transport.tsx'
import { emptyState } from './frame.tsx'
import { Button } from './ui/button.tsx'
import { domId } from './ui/dom-id.ts'
import { attr, html } from './ui/html.ts'
import { Icon } from './ui/icon.tsx'

/** The filter, and how to read and write the same from a terminal. It is never swapped. */
export function eventsHead({ q }: EventsFilter): string {
  return html(
    <div class="head kinds-head" id="events-head">
      <h1 class="visually-hidden">Events</h1>
      <form class="search" method="get" action="/events" role="search" aria-label="Kinds of events">
        <label class="search-box">
          <span class="visually-hidden">Find a kind, a field or what it is for</span>
          <Icon name="search" />
          <input type="search" name="q" value={attr(q ?? '')} placeholder="Find a kind, a field or what it is for" autocomplete="off" spellcheck="false" />
        </label>
        <Button label="Find" />
      </form>
      <p class="muted">
        Everything that changes is an event in one log. Follow it with <code>curl -N --unix-socket data/control.sock http://telltale/api/events</code>, add to
        it with <code>telltale emit KIND JSON</code>.
      </p>
    </div>,
  )
}

/** Every kind by its noun: its fields, when it is published, and the newest one; then the frames that are no events. */
export function eventsView({ items, transport, total }: KindList, { q }: EventsFilter): string {
  const known = items.filter(({ isKnown }) => isKnown)
  const others = items.filter(({ isKnown }) => !isKnown)
  const nouns = [...new Set(known.map(({ kind }) => nounOf(kind)))]
  if (items.length + transport.length === 0) return nothing(q, total)
  return html(
    <div class="kinds">
      <nav class="kinds-index" aria-label="On this page">
        <ul>
          {nouns.map((noun) => (
            <Jump to={noun} count={known.filter(({ kind }) => nounOf(kind) === noun).length} />
          ))}
          {others.length > 0 ? <Jump to="others" title="other programs" count={others.length} /> : ''}
          {transport.length > 0 ? <Jump to="transport" title="frames of a stream" count={transport.length} /> : ''}
        </ul>
      </nav>
      <div class="kinds-groups">
        {nouns.map((noun) => (
          <Group id={noun} title={noun} kinds={known.filter(({ kind }) => nounOf(kind) === noun)} />
        ))}
        {others.length > 0 ? <Group id="others" title="Of other programs" kinds={others} /> : ''}
        {transport.length > 0 ? <Transport kinds={transport} /> : ''}
      </div>
    </div>,
  )
}

function Jump({ to, title = to, count }: { to: string; title?: string; count: number }): JSX.Element {
  return (
    <li>
      <a href={`#${domId('kinds', to)}`}>
        <span safe>{title}</span>
        <span class="tab-count">{count}</span>
      </a>
    </li>
  )
}

function Group({ id, title, kinds }: { id: string; title: string; kinds: KindList['items'] }): JSX.Element {
  return (
    <section class="block kind-group" aria-labelledby={domId('kinds', id)}>
      <h2 id={domId('kinds', id)} safe>
        {title}
      </h2>
      <dl>{kinds.map(Kind)}</dl>
    </section>
  )
}

function nothing(q: string | undefined, total: number): string {
  return emptyState({
    title: 'No kind speaks of this',
    detail: `“${q ?? ''}” stands in none of ${total} kinds, their fields or what they are for.`,
    action: { label: 'Show all kinds', href: '/events' },
  })
}

const nounOf = (kind: string) => kind.split('.')[0] as string
