import type { Link } from '../src/http/panel.ts'
import type { NavEntry } from '../src/http/sidebar.ts'
import { attr, html } from './ui/html.ts'
import { Icon, type IconName } from './ui/icon.tsx'

const ICONS: Record<string, IconName> = { tasks: 'tasks', workers: 'workers', events: 'events', hub: 'hub' }
const GROUPS: Record<NavEntry['group'], string> = { now: 'Now', work: 'Work', context: 'Context', system: 'System' }

/** The sidebar's entries by group, with their counts; asks for itself when a count changed. */
export function nav(entries: readonly NavEntry[]): string {
  const at = entries.find(({ current }) => current)?.name ?? ''
  const safeItems = navItems(entries)
  return html(
    <nav class="nav" id="nav" aria-label="Main" hx-get={`/ui/nav?at=${at}`} hx-trigger="sse:nav-changed" hx-swap="morph:innerHTML settle:0ms">
      {safeItems}
    </nav>,
  )
}

/** The partial of `nav`. */
export function navItems(entries: readonly NavEntry[]): string {
  const groups = [...new Set(entries.map(({ group }) => group))]
  return groups
    .map((group) => (
      <ul class="nav-group" aria-label={GROUPS[group]}>
        {entries.filter((entry) => entry.group === group).map(Entry)}
      </ul>
    ))
    .join('')
}

function Entry({ name, title, href, badge, links, current }: NavEntry): JSX.Element {
  return (
    <li>
      <a class="nav-link" href={href} aria-current={current ? 'page' : undefined}>
        <Icon name={ICONS[name] ?? 'tasks'} />
        <span class="nav-word" safe>
          {title}
        </span>
        {badge ? (
          <span class="nav-count" data-tone={badge.tone}>
            {badge.count.toLocaleString('en-US') as 'safe'}
            {badge.tone === 'alert' ? <span class="visually-hidden"> need attention</span> : ''}
          </span>
        ) : (
          ''
        )}
      </a>
      {links.length > 0 ? <Links links={links} of={title} /> : ''}
    </li>
  )
}

function Links({ links, of }: { links: readonly Link[]; of: string }): JSX.Element {
  return (
    <ul class="nav-links" aria-label={attr(`${of}: saved views`)}>
      {links.map(({ title, href }) => (
        <li>
          <a class="nav-link" href={href} safe>
            {title}
          </a>
        </li>
      ))}
    </ul>
  )
}
