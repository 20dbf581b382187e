import type { Context } from 'hono'
import { Refusal } from './errors.ts'

/** Longer than the longest name that anything here can have. */
const MOST_CHARACTERS = 200
/** What would lead an id that becomes a file's name out of its folder, and what no name holds. */
const UNSAFE = /[/\\\p{Cc}]|^\.{1,2}$/u
/** Subjects of other programs are looked up in the log only, and may hold anything. */
const SUBJECT = /^\/api\/[^/]+\/[^/]+\/events$/

/** Throws 404 for a path with a part that can be no id and no name of ours, before anybody looks for it. */
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
