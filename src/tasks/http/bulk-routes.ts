import { randomUUID } from 'node:crypto'
import type { Context } from 'hono'
import { confirmPage } from '../../../views/tasks.tsx'
import { inZone } from '../../../views/ui/zone.ts'
import { one, page } from '../../http/answer.ts'
import { queryOf, readBody } from '../../http/body.ts'
import { callerOf, done, isHtmx, isPlainForm, viewerOf } from '../../http/respond.ts'
import { type Call, type Route, route } from '../../http/route.ts'
import type { Site } from '../../http/site.ts'
import type { Env } from '../../http/slice.ts'
import { zoneOf } from '../../http/zone.ts'
import { check } from '../../input/check.ts'
import { Problem } from '../../input/problem.ts'
import { Bulk, bulk, preview } from '../bulk/bulk.ts'
import { urlSearch } from '../search/filter.ts'
import { type BulkOutcome, writeOutcome } from '../search/outcome.ts'

export const bulkRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/tasks/confirm',
    summary: 'Confirm a change of many tasks',
    may: 'tasks.operate',
    answer: page('The confirm step'),
    example: { query: { verb: 'cancel', id: 't_1' } },
    run({ app, c }) {
      const { match } = c.req.query()
      // A request for all matching tasks also carries the ticked rows.
      return confirm(c, app, check(Bulk, { ...queryOf(c), id: match === undefined ? (c.req.queries('id') ?? []) : [] }))
    },
  }),
  route({
    method: 'POST',
    path: '/api/tasks/bulk',
    summary: 'Cancel, retry or delete many tasks',
    may: 'tasks.operate',
    body: Bulk,
    read: async (_app, c) => ({ zone: zoneOf(c), ...(await readBody(c)) }),
    answer: one('How many were changed, and why others were not'),
    example: { body: { verb: 'cancel', id: ['t_1'] } },
    run: changeMany,
  }),
]

async function changeMany({ app, c, body: request }: Call<never, undefined, Bulk>): Promise<Response> {
  // A browser's form needs a confirmed token first.
  if (isPlainForm(c) && request.token === undefined) return confirm(c, app, request)
  try {
    const changed = await bulk(app, await callerOf(c), request)
    if (isHtmx(c) && request.verb === 'acknowledge') c.header('HX-Trigger', JSON.stringify({ 'telltale:acknowledged': { ids: request.id } }))
    return await done(app, c, changed, { location: listOf(request, { verb: request.verb, ...changed.value }) })
  } catch (error) {
    const hasGrown = error instanceof Problem && error.code === 'conflict' && error.extra.count !== undefined
    if (!hasGrown || !isPlainForm(c)) throw error
    return confirm(c, app, request, request.count)
  }
}

async function confirm(c: Context<Env>, app: Site, request: Bulk, was?: number): Promise<Response> {
  const { verb, id: ids, match } = request
  const { now, zone } = viewerOf(app, c)
  const { total: count, ...counted } = await preview(app, { ...request, newest: undefined })
  const from = { from: request.from ?? match, back: listOf(request) }
  const html = inZone(zone, () => confirmPage({ verb, count, ...counted, ids, match, zone: request.zone ?? zone, ...from, token: randomUUID(), was, now }))
  return app.bare(c, 'Confirm', html, { status: was === undefined ? 200 : 422 })
}

function listOf({ from, match }: Bulk, outcome?: BulkOutcome): string {
  const list = `/tasks${urlSearch(from ?? match ?? '')}`
  return outcome ? `${list}${list.includes('?') ? '&' : '?'}did=${writeOutcome(outcome)}` : list
}
