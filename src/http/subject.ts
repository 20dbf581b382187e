import { notFound } from '../input/problem.ts'
import { headAbout, subjectOf } from '../log/log.ts'
import type { Call } from './route.ts'

/** The subject that `/api/:noun/:id/…` names. Throws not_found when there is no such thing, so that nobody waits for its events. */
export async function subjectIn({ app, params: { noun, id } }: Pick<Call<'noun' | 'id'>, 'app' | 'params'>): Promise<string> {
  const subject = subjectOf(noun, id)
  const item = app.panels.find(({ name }) => name === noun)?.item
  if (item) await item.load(app.db, id, app, {})
  else if ((await headAbout(app.db, subject)) === 0) throw notFound(`There is no ${subject}.`)
  return subject
}
