import type { Link, NavEntry } from '../../../views/shell/nav.tsx'
import type { Db } from '../../db/index.ts'
import type { Counts, Panel } from '../slice.ts'

/** What the sidebar is made of, read with the page. */
export interface Sidebar {
  counts: Counts
  links: Record<string, readonly Link[]>
}

export async function sidebarOf(panels: readonly Panel[], db: Db): Promise<Sidebar> {
  const links: Sidebar['links'] = {}
  for (const panel of panels) if (panel.links) links[panel.name] = await panel.links(db)
  return { counts: await countsOf(db), links }
}

/** `at`: the panel that the page belongs to. */
export function navEntries(panels: readonly Panel[], { counts, links }: Sidebar, at: string): NavEntry[] {
  return panels.map(({ name, title, group, badge }) => {
    const shown = badge?.(counts)
    return { name, title, group, href: `/${name}`, links: links[name] ?? [], current: name === at, ...(shown && { badge: shown }) }
  })
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
