import { z } from 'zod'
import type { Config } from '../config/config.ts'
import { amountOf, KEPT, KEPT_IDS, type KeptId, tidy } from '../config/retention.ts'
import type { Db } from '../db/index.ts'
import { conflict } from '../input/problem.ts'
import type { App } from '../live/app.ts'
import type { Caller, Mutation } from '../log/mutate.ts'
import { events } from './events.ts'

export interface Setting {
  id: KeptId
  value: string
  from: 'flag' | 'setting' | 'default'
  default: string
}

const amount = (id: KeptId) =>
  z
    .string()
    .optional()
    .transform((text, context) => {
      try {
        return text === undefined ? undefined : tidy(id, text)
      } catch (error) {
        context.addIssue({ code: 'custom', message: `This ${(error as Error).message}.` })
        return z.NEVER
      }
    })

export const NewRetention = z.strictObject({
  'keep-tasks': amount('keep-tasks'),
  'keep-logs': amount('keep-logs'),
  'keep-events': amount('keep-events'),
  'max-data': amount('max-data'),
})
export type NewRetention = z.infer<typeof NewRetention>

export async function retention(db: Db, config: Config): Promise<Setting[]> {
  const rows = await db.selectFrom('settings').select(['id', 'value']).where('id', 'in', KEPT_IDS).execute()
  const saved = new Map(rows.map(({ id, value }) => [id, value]))
  return KEPT_IDS.map((id) => {
    const [flag, setting, standard] = [config[id], saved.get(id), KEPT[id].default]
    return { id, value: flag ?? setting ?? standard, from: flag ? 'flag' : setting ? 'setting' : 'default', default: standard }
  })
}

export async function limits(db: Db, config: Config): Promise<Record<KeptId, number>> {
  const settings = await retention(db, config)
  return Object.fromEntries(settings.map(({ id, value }) => [id, amountOf(id, value)])) as Record<KeptId, number>
}

/** Saves the limits that changed, with an event for each. Throws conflict for one that a flag sets. */
export function changeRetention(app: App, caller: Caller, wanted: NewRetention): Promise<Mutation<Setting[]>> {
  return app.mutate(caller, async (tx) => {
    const author = tx.actor.name
    for (const { id, value, from } of await retention(tx.db, app.config)) {
      const now = wanted[id]
      if (now === undefined || now === value) continue
      if (from === 'flag') throw conflict(`--${id} ${value} overrides this setting. Restart the server without that flag to change it here.`)
      const row = { id, value: now, at: tx.now, author }
      await tx.db
        .insertInto('settings')
        .values(row)
        .onConflict((known) => known.column('id').doUpdateSet(row))
        .execute()
      await tx.emit(events.changed, `setting:${id}`, { setting_id: id, value: now, author })
    }
    return retention(tx.db, app.config)
  })
}
