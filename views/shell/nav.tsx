import { attr, html } from '../ui/html.ts'
import { Icon, type IconName } from '../ui/icon.tsx'

export type Group = 'now' | 'work' | 'context' | 'system'

/** A quiet one is only a number; the others are coloured, have words for screen readers, and mark the page's title and icon. */
export type Badge = { count: number; tone: 'quiet' } | { count: number; tone: 'waiting' | 'failed'; words: { one: string; many: string } }

export interface Link {
  title: string
  href: string
  current?: boolean
}

/** A slice's line in the sidebar. */
export interface NavEntry {
  name: string
  title: string
  icon: IconName
  key?: string
  href: string
  group: Group
  badge?: Badge
  links: readonly Link[]
  current: boolean
}

/** A phone's bar has five places; the last opens the rest. */
const IN_BAR = 4
const GROUPS: Record<Group, string> = { now: 'Now', work: 'Work', context: 'Context', system: 'System' }

/** The sidebar's entries by group, with counts; reloads itself when a count changes. */
export function nav(entries: readonly NavEntry[]): string {
  const at = entries.find(({ current }) => current)?.name ?? ''
  const link = entries.flatMap(({ links }) => links).find(({ current }) => current)?.href
  const safeItems = navItems(entries)
  return html(
    <div
      class="nav"
      id="nav"
      hx-get={`/ui/nav?at=${at}${link ? `&link=${encodeURIComponent(link)}` : ''}`}
      hx-trigger="sse:nav-changed"
      hx-swap="morph:innerHTML settle:0ms"
    >
      {safeItems}
    </div>,
  )
}

/** The partial of `nav`. */
export function navItems(entries: readonly NavEntry[]): string {
  const groups = [...new Set(entries.map(({ group }) => group))]
  const rest = entries.slice(IN_BAR)
  return html(
    <>
      {groups.map((group) => (
        <ul class="nav-group" aria-label={GROUPS[group]}>
          {entries
            .filter((entry) => entry.group === group)
            .map((entry) => (
              <Entry entry={entry} isRest={rest.includes(entry)} />
            ))}
        </ul>
      ))}
      {rest.length > 0 ? <More entries={rest} views={entries.flatMap(({ links }) => links)} /> : ''}
    </>,
  )
}

function Entry({ entry: { title, icon, key, href, badge, links, current }, isRest }: { entry: NavEntry; isRest: boolean }): JSX.Element {
  return (
    <li class={isRest ? 'nav-rest' : undefined}>
      <a class="nav-link" href={href} aria-current={current ? 'page' : undefined} data-key={key}>
        <Icon name={icon} />
        <span class="nav-word" safe>
          {title}
        </span>
        {badge ? <Count badge={badge} /> : ''}
      </a>
      {links.length > 0 ? <Links links={links} of={title} /> : ''}
    </li>
  )
}

function Count({ badge }: { badge: Badge }): JSX.Element {
  const number = badge.count.toLocaleString('en-US')
  if (badge.tone === 'quiet')
    return (
      <span class="nav-count" data-tone="quiet" safe>
        {number}
      </span>
    )
  const words = badge.count === 1 ? badge.words.one : badge.words.many
  return (
    <span class="nav-count" data-tone="alert" data-mark={badge.tone} data-count={String(badge.count)} data-says={attr(`${number} ${words}`)}>
      {number as 'safe'}
      <span class="visually-hidden" safe>{` ${words}`}</span>
    </span>
  )
}

function Links({ links, of }: { links: readonly Link[]; of: string }): JSX.Element {
  return (
    <ul class="nav-links" aria-label={attr(`${of}: saved views`)}>
      {links.map(({ title, href, current }) => (
        <li>
          <a class="nav-link" href={href} title={attr(title)} aria-current={current ? 'page' : undefined}>
            <span class="nav-word" dir="auto" safe>
              {title}
            </span>
          </a>
        </li>
      ))}
    </ul>
  )
}

/** Entries that do not fit into a phone's bar. */
function More({ entries, views }: { entries: readonly NavEntry[]; views: readonly Link[] }): JSX.Element {
  return (
    <details class="menu nav-more" id="nav-more">
      <summary class="nav-link" aria-current={entries.some(({ current }) => current) ? 'true' : undefined}>
        <Icon name="more" />
        <span class="nav-word">More</span>
      </summary>
      <ul class="menu-list">
        {[...entries, ...views].map(({ title, href, current }) => (
          <li>
            <a class="menu-link" href={href} dir="auto" aria-current={current ? 'page' : undefined} safe>
              {title}
            </a>
          </li>
        ))}
      </ul>
    </details>
  )
}
