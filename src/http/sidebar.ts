import type { Link, NavEntry } from '../../views/shell/nav.tsx'
import type { Db } from '../db/index.ts'
import type { AnySlice, Counts } from './slice.ts'

/** What the sidebar is made of, read with the page. */
export interface Sidebar {
  counts: Counts
  links: Record<string, readonly Link[]>
}

export async function sidebarOf(slices: readonly AnySlice[], db: Db): Promise<Sidebar> {
  const links: Sidebar['links'] = {}
  for (const slice of slices) if (slice.links) links[slice.noun.many] = await slice.links(db)
  return { counts: await countsOf(db), links }
}

/** `at`: the slice that the page belongs to; `path`: the page with its query. */
export function navEntries(slices: readonly AnySlice[], { counts, links }: Sidebar, at: string | undefined, path: string): NavEntry[] {
  return slices.map(({ noun: { many: name }, title, icon, key, group, badge }) => {
    const shown = badge?.(counts)
    return {
      name,
      title,
      icon,
      ...(key && { key }),
      group,
      href: `/${name}`,
      links: (links[name] ?? []).map((link) => ({ ...link, current: isSame(link.href, path) })),
      current: name === at,
      ...(shown && { badge: shown }),
    }
  })
}

/** The same page, whatever the order of its parameters. */
function isSame(href: string, path: string): boolean {
  const [a, b] = [href, path].map((each) => new URL(each, 'http://telltale')) as [URL, URL]
  for (const { searchParams } of [a, b]) searchParams.sort()
  return a.pathname + a.search === b.pathname + b.search
}

/** The numbers of the counters table: no row is counted. */
export async function countsOf(db: Db): Promise<Counts> {
  const rows = await db
    .selectFrom('counters')
    .select(['noun', 'state', ({ fn }) => fn.sum<number>('value').as('value')])
    .groupBy(['noun', 'state'])
    .execute()
  const counts: Counts = {}
  for (const { noun, state, value } of rows) counts[noun] = { ...counts[noun], [state]: value }
  return counts
}
