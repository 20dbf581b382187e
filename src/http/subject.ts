import { notFound } from '../input/problem.ts'
import { headAbout } from '../log/log.ts'
import type { Call } from './route.ts'

/** The subject that `/api/:noun/:id/…` names. Throws not_found when there is no such thing, so that nobody waits for its events. */
export async function subjectIn({ app, params: { noun, id } }: Pick<Call<'noun' | 'id'>, 'app' | 'params'>): Promise<string> {
  const slice = app.slices.find(({ noun: { many } }) => many === noun)
  const subject = `${slice?.noun.one ?? noun.replace(/s$/, '')}:${id}`
  if (slice?.item) await slice.item.load(app.db, id, app, {})
  else if ((await headAbout(app.db, subject)) === 0) throw notFound(`There is no ${subject}.`)
  return subject
}
