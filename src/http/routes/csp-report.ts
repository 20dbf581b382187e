import type { Context } from 'hono'
import { limits } from '../../access/limits.ts'
import { type App, perApp } from '../../live/app.ts'
import { nothing } from '../answer.ts'
import { MAX_FORM_BYTES, readText } from '../body.ts'
import { route } from '../route.ts'

const SHOWN = 500

/** How many reports were skipped since the last logged one. */
const unlogged = perApp(() => ({ count: 0 }))

export const reportRoute = route({
  method: 'POST',
  path: '/csp',
  summary: 'Report a violation of the content security policy',
  may: 'anyone',
  answer: nothing('The report is logged, or skipped'),
  run: ({ app, c }) => takeReport(app, c),
})

/** Logs a browser's report of a policy violation. Anybody can send one, so it is sampled, limited in size, and kept to one line. */
async function takeReport(app: App, c: Context): Promise<Response> {
  const left = unlogged(app)
  if (limits(app).reports.take('') > 0) left.count++
  else {
    const report = JSON.stringify((await readText(c, MAX_FORM_BYTES)).slice(0, SHOWN))
    app.log.info(`a page violated the content security policy: ${report}${left.count > 0 ? ` (and ${left.count} more since the last)` : ''}`)
    left.count = 0
  }
  return c.body(null, 204)
}
