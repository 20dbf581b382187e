import type { EventsFilter } from '../../src/events/filter.ts'
import { attr } from '../ui/html.ts'
import { Icon } from '../ui/icon.tsx'
import { logHref } from './links.ts'

/** Each filter beside the words, as a link to the log without it. */
export function Chips({ filter }: { filter: EventsFilter }): JSX.Element {
  const { kinds, subject, source, actor } = filter
  const chips: [name: string, value: string, without: Partial<EventsFilter>][] = [
    ...kinds.map((kind) => ['kind', kind, { kinds: kinds.filter((other) => other !== kind) }] as [string, string, Partial<EventsFilter>]),
    ['subject', subject ?? '', { subject: undefined }],
    ['source', source ?? '', { source: undefined }],
    ['actor', actor ?? '', { actor: undefined }],
  ]
  const shown = chips.filter(([, value]) => value !== '')
  if (shown.length === 0) return ''
  return (
    <ul class="chips" aria-label="Filters">
      {shown.map(([name, value, without]) => (
        <li>
          <a class="chip" href={attr(logHref({ ...filter, ...without }))} title="Remove this filter">
            <span class="chip-name" safe>
              {name}
            </span>
            <bdi safe>{value}</bdi>
            <Icon name="close" />
            <span class="visually-hidden">: remove</span>
          </a>
        </li>
      ))}
      <li>
        <a class="chip-clear" href="/events">
          Clear all
        </a>
      </li>
    </ul>
  )
}
