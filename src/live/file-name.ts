import { notFound } from './problem.ts'

/** Ids as this program makes them: a letter and a number. */
const ID = /^[a-z]_\d{1,15}$/

/** An id as the name of a file or a folder. Throws not_found for what is no id: a path must not lead elsewhere. */
export function fileNameOf(id: string): string {
  if (!ID.test(id)) throw notFound('There is nothing with this id.')
  return id
}
