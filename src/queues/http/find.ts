import type { Choice } from '../../../views/palette/choice.tsx'
import { MOST } from '../../http/palette/palette.ts'
import type { Find } from '../../http/slice.ts'
import { count } from '../../tasks/tasks.ts'

/** Queues in the palette. */
export const find: Find = {
  async things(db, q) {
    const names = (await count(db)).queues.filter((name) => name.toLowerCase().includes(q.toLowerCase()))
    const choices = names.map((name): Choice => ({ title: name, icon: 'queues', href: `/queues/${encodeURIComponent(name)}` }))
    return { choices: choices.slice(0, MOST), total: choices.length, capped: false }
  },
}
