import { randomUUID } from 'node:crypto'
import type { Context } from 'hono'
import { confirmPage } from '../../views/tasks.tsx'
import { inZone } from '../../views/ui/zone.ts'
import { queryOf, readBody } from '../http/body.ts'
import type { Env, Router } from '../http/panel.ts'
import { callerOf, done, isPlainForm, mustBeAllowed, viewerOf } from '../http/respond.ts'
import { zoneOf } from '../http/zone.ts'
import type { App } from '../live/app.ts'
import { check } from '../live/check.ts'
import { Problem } from '../live/problem.ts'
import { Bulk, bulk, preview } from './bulk.ts'
import { type Did, writeDid } from './did.ts'
import { urlSearch } from './filter.ts'

/** Changing many tasks: a step that names the verb, the tasks and their number, and the change itself. */
export function mountBulk(router: Router, app: App) {
  router.get('/tasks/confirm', (c) => {
    mustBeAllowed(c, 'tasks.operate')
    const { match } = c.req.query()
    // A request for all that match also carries the ticked rows.
    return confirm(c, app, check(Bulk, { ...queryOf(c), id: match === undefined ? (c.req.queries('id') ?? []) : [] }))
  })
  router.post('/api/tasks/bulk', (c) => changeMany(c, app))
}

async function changeMany(c: Context<Env>, app: App): Promise<Response> {
  mustBeAllowed(c, 'tasks.operate')
  const asked = check(Bulk, { zone: zoneOf(c), ...(await readBody(c)) })
  // A browser's form comes from the confirm step, or goes there first.
  if (isPlainForm(c) && asked.token === undefined) return confirm(c, app, asked)
  try {
    const changed = await bulk(app, await callerOf(c), asked)
    return await done(app, c, changed, { location: listOf(asked, { verb: asked.verb, ...changed.value }) })
  } catch (error) {
    const hasGrown = error instanceof Problem && error.code === 'conflict' && error.extra.count !== undefined
    if (!hasGrown || !isPlainForm(c)) throw error
    return confirm(c, app, asked, asked.count)
  }
}

/** `was`: the number that was confirmed before, when it is not the same any more. */
async function confirm(c: Context<Env>, app: App, asked: Bulk, was?: number): Promise<Response> {
  const { verb, id: ids, match } = asked
  const { now, zone } = viewerOf(app, c)
  const { total: count, ...counted } = await preview(app, { ...asked, newest: undefined })
  const from = { from: asked.from ?? match, back: listOf(asked) }
  const page = inZone(zone, () => confirmPage({ verb, count, ...counted, ids, match, zone: asked.zone ?? zone, ...from, token: randomUUID(), was, now }))
  return app.bare(c, 'Confirm', page, was === undefined ? 200 : 422)
}

/** The list that one comes from; there it is said what was done. */
function listOf({ from, match }: Bulk, did?: Did): string {
  const list = `/tasks${urlSearch(from ?? match ?? '')}`
  return did ? `${list}${list.includes('?') ? '&' : '?'}did=${writeDid(did)}` : list
}
