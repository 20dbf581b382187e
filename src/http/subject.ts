import type { Context, Next } from 'hono'
import type { App } from '../live/app.ts'
import { headAbout, subjectOf } from '../live/log.ts'
import { notFound } from '../live/problem.ts'
import type { Env, Panel } from './panel.ts'
import { mustBeAllowed } from './respond.ts'

/** The subject that `/api/:noun/:id/…` names. Throws not_found when there is no such thing, so that nobody waits for its events. */
export async function subjectIn(c: Context, app: App, panels: readonly Panel[]): Promise<string> {
  const { noun = '', id = '' } = c.req.param() as { noun?: string; id?: string }
  const subject = subjectOf(noun, id)
  const item = panels.find(({ name }) => name === noun)?.item
  if (item) await item.load(app.db, id, app, {})
  else if ((await headAbout(app.db, subject)) === 0) throw notFound(`There is no ${subject}.`)
  return subject
}

/** Passes on a request for the events of one thing, if that exists and the caller may read it. */
export async function mustBeThere(c: Context<Env>, next: Next, app: App, panels: readonly Panel[]) {
  mustBeAllowed(c, 'read')
  await subjectIn(c, app, panels)
  await next()
}
