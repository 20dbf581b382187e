import { headAbout, subjectOf } from '../live/log.ts'
import { notFound } from '../live/problem.ts'
import type { Call } from './route.ts'

/** The subject that `/api/:noun/:id/…` names. Throws not_found when there is no such thing, so that nobody waits for its events. */
export async function subjectIn({ app, site, params: { noun, id } }: Pick<Call<'noun' | 'id'>, 'app' | 'site' | 'params'>): Promise<string> {
  const subject = subjectOf(noun, id)
  const item = site.panels.find(({ name }) => name === noun)?.item
  if (item) await item.load(app.db, id, app, {})
  else if ((await headAbout(app.db, subject)) === 0) throw notFound(`There is no ${subject}.`)
  return subject
}
