import { notFound } from './problem.ts'

const ID = /^[a-z]_\d{1,15}$/

/** Throws not_found for an id that is not a plain file name. */
export function fileNameOf(id: string): string {
  if (!ID.test(id)) throw notFound('There is nothing with this id.')
  return id
}
