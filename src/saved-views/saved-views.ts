import { z } from 'zod'
import type { Db } from '../db/index.ts'
import { conflict, notFound } from '../input/problem.ts'
import { line } from '../input/texts.ts'
import type { App } from '../live/app.ts'
import type { Caller, Mutation, Tx } from '../log/mutate.ts'
import { events } from '../settings/events.ts'
import { TaskFilter, urlSearch } from '../tasks/search/filter.ts'

interface SavedView {
  id: string
  name: string
  search: string
  created_by: string
  created_at: string
}

export const MOST_VIEWS = 50

const name = line(60)
export const NewName = z.strictObject({ name })
export const NewView = z.strictObject({
  name,
  search: z
    .string()
    .max(2000)
    .transform((text) => urlSearch(text).slice(1))
    .refine((text) => !filterIn(text)?.problem && filterIn(text) !== undefined, 'Invalid search'),
})
export type NewView = z.infer<typeof NewView>

export async function savedViews(db: Db): Promise<SavedView[]> {
  const rows = await db.selectFrom('saved_views').selectAll().where('panel', '=', 'tasks').orderBy('name').execute()
  return rows.map(({ number, name, search, created_by, created_at }) => ({
    id: `v_${number}`,
    name,
    search,
    created_by,
    created_at: new Date(created_at).toISOString(),
  }))
}

export async function savedAs(db: Db, { state, q }: Pick<TaskFilter, 'state' | 'q'>): Promise<Pick<SavedView, 'id' | 'name'> | null> {
  if (!state && !q) return null
  const found = (await savedViews(db)).find(({ search }) => {
    const saved = new URLSearchParams(search)
    return (saved.get('state') || undefined) === state && (saved.get('q') || undefined) === q
  })
  return found ? { id: found.id, name: found.name } : null
}

/** Throws conflict if the name is taken or there are MOST_VIEWS. */
export function saveView(app: App, caller: Caller, { name, search }: NewView): Promise<Mutation<{ id: string }>> {
  return app.mutate(caller, async (tx) => {
    const names = await refuseDouble(tx, name)
    if (names.length >= MOST_VIEWS) throw conflict(`There are already ${names.length} saved views, the limit. Delete one first.`)
    const values = { name, panel: 'tasks', search, created_by: tx.actor.name, created_at: tx.now }
    const { number } = await tx.db.insertInto('saved_views').values(values).returning('number').executeTakeFirstOrThrow()
    await tx.emit(events.changed, `view:v_${number}`, { setting_id: `view:${name}`, value: search, author: tx.actor.name })
    return { id: `v_${number}` }
  })
}

/** Throws conflict if another view has the name. */
export function renameView(app: App, caller: Caller, id: string, { name }: z.infer<typeof NewName>): Promise<Mutation<{ id: string; search: string }>> {
  return app.mutate(caller, async (tx) => {
    const view = await tx.db.selectFrom('saved_views').selectAll().where('number', '=', numberOf(id)).executeTakeFirst()
    if (!view) throw notFound(`There is no saved view ${id}.`)
    if (view.name === name) return { id, search: view.search }
    await refuseDouble(tx, name)
    await tx.db.updateTable('saved_views').set({ name }).where('number', '=', view.number).execute()
    await tx.emit(events.changed, `view:${id}`, { setting_id: `view:${name}`, value: view.search, author: tx.actor.name })
    return { id, search: view.search }
  })
}

export function removeView(app: App, caller: Caller, id: string): Promise<Mutation<{ id: string }>> {
  return app.mutate(caller, async (tx) => {
    const gone = await tx.db.deleteFrom('saved_views').where('number', '=', numberOf(id)).returning('name').executeTakeFirst()
    if (!gone) throw notFound(`There is no saved view ${id}.`)
    await tx.emit(events.changed, `view:${id}`, { setting_id: `view:${gone.name}`, author: tx.actor.name })
    return { id }
  })
}

const numberOf = (id: string) => Number(/^v_(\d{1,15})$/.exec(id)?.[1] ?? 0)

async function refuseDouble(tx: Tx, name: string): Promise<string[]> {
  const names = (await tx.db.selectFrom('saved_views').select('name').execute()).map((view) => view.name)
  if (names.includes(name)) throw conflict(`There is already a view called ${name}. Choose another name, or delete that view.`)
  return names
}

function filterIn(search: string): TaskFilter | undefined {
  return TaskFilter.safeParse(Object.fromEntries(new URLSearchParams(search))).data
}
