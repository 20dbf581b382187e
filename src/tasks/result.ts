import { z } from 'zod'
import { depthOf, parseJson } from '../live/json.ts'

/** The same as the limit of an event. */
const MOST_BYTES = 65_536
const MOST_LEVELS = 100

/** The result that a task reports beside its exit code: any JSON value, as the text that is stored. */
export const Result = z.unknown().transform((value, context): string | undefined => {
  if (value === undefined) return undefined
  const refuse = (message: string) => {
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  }
  const text = JSON.stringify(value)
  if (depthOf(text) > MOST_LEVELS) return refuse(`A result is nested at most ${MOST_LEVELS} levels deep.`)
  if (Buffer.byteLength(text) > MOST_BYTES) return refuse(`A result holds at most ${MOST_BYTES / 1024} KiB. Print more to the log, or store it elsewhere.`)
  return text
})

/** A stored result as it is shown. One that an older version stored without these limits could break pages, so only its size is shown. */
export function readResult(text: string | null): unknown {
  if (text === null) return null
  if (text.length > MOST_BYTES || depthOf(text) > MOST_LEVELS)
    return { omitted: 'This result is too large or too deep to show.', bytes: Buffer.byteLength(text) }
  return parseJson(text)
}
