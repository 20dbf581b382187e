import type { Db, Ms } from '../../db/index.ts'
import { matching, searchesLogs, TaskFilter } from '../search/filter.ts'
import { numberOf } from '../tasks.ts'

export interface Neighbours {
  from: string
  previous: string | null
  next: string | null
}

export async function neighbours(
  db: Db,
  id: string,
  { from = '', now, zone }: { from?: string | undefined; now: Ms; zone?: string | undefined },
): Promise<Neighbours> {
  const parsed = TaskFilter.safeParse({ zone, ...Object.fromEntries(new URLSearchParams(from)) })
  const isRead = parsed.success && !parsed.data.problem
  const filter = isRead ? parsed.data : { terms: [] }
  if (searchesLogs(filter)) return { from, previous: null, next: null }
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
