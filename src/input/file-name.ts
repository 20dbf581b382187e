import { notFound } from './problem.ts'

const ID = /^[a-z]_\d{1,15}$/

/** An id as a file or folder name. Throws not_found for anything else, so that no path leads elsewhere. */
export function fileNameOf(id: string): string {
  if (!ID.test(id)) throw notFound('There is nothing with this id.')
  return id
}
