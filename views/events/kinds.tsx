import type { KindList, KindsFilter } from '../../src/events/kinds.ts'
import { domId } from '../ui/dom-id.ts'
import { emptyState } from '../ui/empty.tsx'
import { Button } from '../ui/form/button.tsx'
import { attr, html } from '../ui/html.ts'
import { Icon } from '../ui/icon.tsx'
import type { Viewer } from '../viewer.ts'
import { Kind } from './kind.tsx'
import { Transport } from './transport.tsx'

/** The reference of kinds: a filter, commands that read and write events, and the kinds. */
export function kindsPage(list: KindList, query: KindsFilter, viewer: Viewer): string {
  const safeKinds = kindsView(list, query)
  return html(
    <>
      <Head q={query.q} viewer={viewer} />
      {safeKinds}
    </>,
  )
}

function Head({ q, viewer }: { q: string | undefined; viewer: Viewer }): JSX.Element {
  return (
    <div class="kinds-head">
      <h1>Event kinds</h1>
      <form class="search" method="get" action="/events/kinds" role="search" aria-label="Kinds of events">
        <label class="search-box">
          <span class="visually-hidden">Find a kind, a field or a description</span>
          <Icon name="search" />
          <input type="search" name="q" value={attr(q ?? '')} placeholder="Find a kind, a field or a description" autocomplete="off" spellcheck="false" />
        </label>
        <Button label="Find" />
      </form>
      <p class="muted">
        Every change is an event in <a href="/events">one log</a>. Follow it with <code safe>{viewer.curl('/api/events', '-N')}</code>, add to it with{' '}
        <code safe>{viewer.command('emit', `backup.finished '{"files": 12}'`)}</code>. The subject of an event from another program ends with <code>@</code> and
        the name of its token, upstream or script.
      </p>
    </div>
  )
}

/** Every kind by its noun, then the frames that are not events. */
function kindsView({ items, next, transport }: KindList, { q, after }: KindsFilter): string {
  const own = items.filter(({ isOwn }) => isOwn)
  const others = items.filter(({ isOwn }) => !isOwn)
  const nouns = [...new Set(own.map(({ kind }) => nounOf(kind)))]
  if (items.length + transport.length === 0) return nothing(q)
  return html(
    <div class="kinds">
      <nav class="kinds-index" aria-label="On this page">
        <ul>
          {nouns.map((noun) => (
            <Jump to={noun} count={own.filter(({ kind }) => nounOf(kind) === noun).length} />
          ))}
          {others.length > 0 ? <Jump to="others" title="other programs" count={`${others.length}${next === null ? '' : '+'}`} /> : ''}
          {transport.length > 0 ? <Jump to="transport" title="frames of a stream" count={transport.length} /> : ''}
        </ul>
      </nav>
      <div class="kinds-groups">
        {nouns.map((noun) => (
          <Group id={noun} title={noun} kinds={own.filter(({ kind }) => nounOf(kind) === noun)} />
        ))}
        {others.length > 0 ? <Group id="others" title="From other programs" kinds={others} /> : ''}
        <Pager q={q} after={after} next={next} />
        {transport.length > 0 ? <Transport kinds={transport} /> : ''}
      </div>
    </div>,
  )
}

function Jump({ to, title = to, count }: { to: string; title?: string; count: number | string }): JSX.Element {
  return (
    <li>
      <a href={`#${domId('kinds', to)}`}>
        <span safe>{title}</span>
        <span class="tab-count" safe>
          {count}
        </span>
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

/** Links to the next kinds of other programs, and back to the first. */
function Pager({ q, after, next }: { q: string | undefined; after: string | undefined; next: string | null }): JSX.Element {
  if (after === undefined && next === null) return ''
  const first = new URLSearchParams(q ? { q } : {})
  const more = new URLSearchParams({ ...(q && { q }), after: next ?? '' })
  return (
    <nav class="kinds-pager" aria-label="Pages of kinds">
      {after === undefined ? (
        ''
      ) : (
        <a class="button" href={`/events/kinds?${attr(first.toString())}`}>
          First kinds
        </a>
      )}
      {next === null ? (
        ''
      ) : (
        <a class="button" href={`/events/kinds?${attr(more.toString())}`} rel="next">
          More kinds
        </a>
      )}
    </nav>
  )
}

function nothing(q: string | undefined): string {
  return emptyState({
    title: 'No matching kinds',
    detail: q ? `No kind has “${q}” in its name, its fields or its description.` : 'There are no more kinds.',
    action: { label: 'Show all kinds', href: '/events/kinds' },
  })
}

const nounOf = (kind: string) => kind.split('.')[0] as string
