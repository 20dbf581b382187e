import type { Db, Ms } from '../db/index.ts'
import { matching, TaskFilter } from './filter.ts'
import { numberOf } from './tasks.ts'

/** The tasks beside one in the list that its reader came from, newest first; null at an end of it. */
export interface Neighbours {
  /** The list's query string; empty for the list of all. */
  from: string
  previous: string | null
  next: string | null
}

/** What stands above and below `id` in the list that `from` names; where that cannot be read, in the list of all. */
export async function neighbours(
  db: Db,
  id: string,
  { from = '', now, zone }: { from?: string | undefined; now: Ms; zone?: string | undefined },
): Promise<Neighbours> {
  const asked = TaskFilter.safeParse({ zone, ...Object.fromEntries(new URLSearchParams(from)) })
  const isRead = asked.success && !asked.data.problem
  const filter = isRead ? asked.data : { terms: [] }
  const beside = async (side: '>' | '<') => {
    const row = await matching(db, filter, now)
      .select('id')
      .where('number', side, numberOf(id))
      .orderBy('number', side === '>' ? 'asc' : 'desc')
      .limit(1)
      .executeTakeFirst()
    return row?.id ?? null
  }
  return { from: isRead ? from : '', previous: await beside('>'), next: await beside('<') }
}
