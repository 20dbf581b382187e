import type { EventsFilter } from '../../src/events/filter.ts'
import type { Facet, Recent } from '../../src/events/recent.ts'
import { attr } from '../ui/html.ts'
import { Icon } from '../ui/icon.tsx'
import { logHref } from './links.ts'

/** The kinds, sources and actors of the newest events, each a link that adds it to the filter or removes it. */
export function Facets({ recent, filter }: { recent: Recent; filter: EventsFilter }): JSX.Element {
  const { kinds, source, actor } = filter
  const without = (kind: string) => kinds.filter((other) => other !== kind)
  return (
    <details class="facets" id="events-facets">
      <summary class="button">
        <Icon name="filter" />
        <span>Filters</span>
      </summary>
      <Group
        title="Kind"
        facets={recent.kinds}
        chosen={kinds}
        to={(kind, isChosen) => logHref({ ...filter, kinds: isChosen ? without(kind) : [...kinds, kind] })}
      />
      <Group
        title="Source"
        facets={recent.sources}
        chosen={source ? [source] : []}
        to={(value, isChosen) => logHref({ ...filter, source: isChosen ? undefined : value })}
      />
      <Group
        title="Actor"
        facets={recent.actors}
        chosen={actor ? [actor] : []}
        to={(value, isChosen) => logHref({ ...filter, actor: isChosen ? undefined : value })}
      />
      <p class="muted" safe>{`Counts are of the newest ${recent.events.toLocaleString('en-US')} events.`}</p>
    </details>
  )
}

interface GroupProps {
  title: string
  facets: readonly Facet[]
  chosen: readonly string[]
  to(value: string, isChosen: boolean): string
}

function Group({ title, facets, chosen, to }: GroupProps): JSX.Element {
  const rare = chosen.filter((value) => !facets.some((facet) => facet.value === value)).map((value) => ({ value, events: undefined }))
  return (
    <nav class="facet" aria-label={title}>
      <h2>{title as 'safe'}</h2>
      <ul>
        {[...facets, ...rare].map(({ value, events }) => {
          const isChosen = chosen.includes(value)
          return (
            <li>
              <a href={attr(to(value, isChosen))} aria-current={isChosen ? 'true' : undefined} hx-disable>
                <Icon name="done" />
                <span class="facet-value" title={attr(value)} safe>
                  {title === 'Source' && value === 'local' ? 'This server' : value}
                </span>
                <span class="number muted">{(events?.toLocaleString('en-US') ?? '') as 'safe'}</span>
              </a>
            </li>
          )
        })}
      </ul>
    </nav>
  )
}
