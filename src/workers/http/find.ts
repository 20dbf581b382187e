import type { Choice } from '../../../views/palette/choice.tsx'
import type { IconName } from '../../../views/ui/icon.tsx'
import { contains } from '../../db/index.ts'
import { COUNTED, MOST } from '../../http/palette/palette.ts'
import type { Find } from '../../http/slice.ts'
import { isAlive } from '../words.ts'
import { toWorker, type Worker } from '../workers.ts'

/** Workers in the palette. */
export const find: Find = {
  async about(db, id, { viewer }) {
    if (!viewer.may('workers.operate')) return []
    const row = await db.selectFrom('workers').selectAll().where('id', '=', id).where('deleted_at', 'is', null).executeTakeFirst()
    return row ? verbs(toWorker(row)) : []
  },

  async things(db, q) {
    const text = q.toLowerCase()
    const rows = await db
      .selectFrom('workers')
      .selectAll()
      .where('deleted_at', 'is', null)
      .where((eb) => eb.or([eb('id', '=', text), contains(eb.fn<string>('lower', ['name']), text)]))
      .orderBy('number', 'desc')
      .limit(COUNTED + 1)
      .execute()
    const found = rows.map(toWorker).map(({ id, name, state }): Choice => ({ title: name, more: `${id}, ${state}`, icon: 'workers', href: `/workers/${id}` }))
    return { choices: found.slice(0, MOST), total: Math.min(found.length, COUNTED), capped: found.length > COUNTED }
  },
}

function verbs({ id, name, state }: Worker): Choice[] {
  if (!isAlive(state)) return []
  const verb = (title: string, route: string, icon: IconName): Choice => {
    return { title: `${title} this worker`, more: `${name} ${id}`, icon, post: `/api/workers/${id}/${route}`, panel: `worker-${id}` }
  }
  return [...(state === 'draining' ? [] : [verb('Drain', 'drain', 'draining')]), verb('Stop', 'stop', 'stop')]
}
