import type { Context } from 'hono'
import { Refusal } from '../errors.ts'

/** Longer than the longest name that anything here can have. */
const MOST_CHARACTERS = 200
/** Characters that could lead a file name out of its folder, and those that no name holds. */
const UNSAFE = /[/\\\p{Cc}]|^\.{1,2}$/u
/** A subject is only looked up in the log, so it may hold any other character. */
const SUBJECT = /^\/api\/[^/]+\/[^/]+\/events$/

/** Throws 404 for a path with a segment that can be neither an id nor a name of ours. */
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
