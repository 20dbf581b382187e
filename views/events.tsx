import type { EventList } from '../src/events/events.ts'
import type { EventsFilter } from '../src/events/filter.ts'
import { MOST_ROWS, WINDOW_SIZE } from '../src/events/words.ts'
import { Chips } from './events/chips.tsx'
import { Facets } from './events/facets.tsx'
import { fieldsOf, isNarrowed, logHref } from './events/links.ts'
import { Row } from './events/row.tsx'
import { VolumeStrip } from './events/volume.tsx'
import { emptyState } from './ui/empty.tsx'
import { Button } from './ui/form/button.tsx'
import { attr, html } from './ui/html.ts'
import { Icon } from './ui/icon.tsx'
import { NewRows } from './ui/new-rows.tsx'
import type { Viewer } from './viewer.ts'

/** The bar above the log: the words to search for, and the other filters. */
export function eventsHead(filter: EventsFilter): string {
  return html(
    <div class="events-head" id="events-head">
      <h1 class="visually-hidden">Events</h1>
      <form class="search" method="get" action="/events" role="search" aria-label="Events">
        {fieldsOf({ ...filter, q: undefined }).map(([name, value]) => (
          <input type="hidden" name={name} value={attr(value)} />
        ))}
        <label class="search-box">
          <span class="visually-hidden">Filter events</span>
          <Icon name="filter" />
          <input
            type="search"
            name="q"
            value={attr(filter.q ?? '')}
            placeholder={'Filter: kind:task.* subject:t_9 actor:owner "refused"'}
            autocomplete="off"
            spellcheck="false"
            enterkeyhint="search"
            maxlength={500}
            data-key="/"
          />
        </label>
        <Button label="Filter" />
      </form>
      <Chips filter={filter} />
      <a class="button events-kinds" data-look="plain" href="/events/kinds">
        Kinds
      </a>
    </div>,
  )
}

/** The log, newest first. */
export function eventsView(list: EventList, filter: EventsFilter, viewer: Viewer): string {
  const { items, recent } = list
  const safeEmpty = items.length === 0 ? nothing(list, filter, viewer) : ''
  return html(
    <>
      <Facets recent={recent} filter={filter} />
      <VolumeStrip volume={recent.volume} now={viewer.now} />
      {items.length > 0 ? (
        <div class="events-frame" id="events-frame" data-most={MOST_ROWS}>
          <NewRows />
          <ol class="events-list" aria-label="Events, newest first" data-rows>
            {items.map((event) => (
              <Row event={event} now={viewer.now} />
            ))}
          </ol>
        </div>
      ) : (
        <div id="events-empty" data-empty>
          {safeEmpty}
        </div>
      )}
      <Pager list={list} filter={filter} />
    </>,
  )
}

/** Links to older events; a search that has ended early says where. */
function Pager({ list: { items, next, reached }, filter }: { list: EventList; filter: EventsFilter }): JSX.Element {
  const { before, limit } = filter
  if (next === null && before === undefined) return ''
  return (
    <nav class="pager" id="events-pager" aria-label="Older and newer events">
      {before === undefined ? (
        ''
      ) : (
        <a class="button" href={attr(logHref(filter))}>
          Back to the newest
        </a>
      )}
      {reached === null ? '' : <span class="muted" safe>{`Searched back to event ${reached.toLocaleString('en-US')}.`}</span>}
      {next === null ? (
        <span class="muted">No older events.</span>
      ) : (
        <a class="button" href={attr(logHref(filter, next))} rel="next" data-more={items.length > 0 && reached === null}>
          {reached === null ? <span safe>{`Show ${limit ?? WINDOW_SIZE} more`}</span> : 'Search further back'}
        </a>
      )}
    </nav>
  )
}

/** Distinguishes an empty log, no matches, and no older events. */
function nothing({ reached }: EventList, filter: EventsFilter, viewer: Viewer): string {
  const all = { label: 'Show all events', href: '/events' }
  if (reached !== null)
    return emptyState({ title: 'No matches yet', detail: `None of the events back to ${reached.toLocaleString('en-US')} match.`, action: all })
  if (filter.before !== undefined) return emptyState({ title: 'No older events', detail: 'You have reached the end of the log.', action: all })
  if (isNarrowed(filter)) return emptyState({ title: 'No matching events', detail: 'New ones appear here as they happen.', action: all })
  return emptyState({
    title: 'No events yet',
    detail: 'Every change appears here. Add one from a shell:',
    command: viewer.command('emit', `backup.finished '{"files": 12}'`),
  })
}
