import type { Context } from 'hono'
import { Refusal } from '../errors.ts'

/** No id or name is longer. */
const MOST_CHARACTERS = 200
/** Characters that could lead a file name out of its folder, or that no name contains. */
const UNSAFE = /[/\\\p{Cc}]|^\.{1,2}$/u
/** Subjects are only looked up in the log, so they may contain any other character. */
const SUBJECT = /^\/api\/[^/]+\/[^/]+\/events$/

/** Throws 404 for a path segment that cannot be an id or a name. */
export function checkPath(c: Context) {
  const isSubject = SUBJECT.test(c.req.path)
  for (const part of c.req.path.split('/')) {
    const name = decoded(part)
    if (name === undefined || name.length > MOST_CHARACTERS || (isSubject ? name.includes('\0') : UNSAFE.test(name))) {
      throw new Refusal(404, 'There is nothing at this address.')
    }
  }
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}
