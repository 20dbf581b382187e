import { z } from 'zod'
import { depthOf, parseJson } from '../live/json.ts'

/** As much as an event may hold. */
const MOST_BYTES = 65_536
const MOST_LEVELS = 100

/** What a task reports beside its exit code: any JSON value, read as the text that is stored; undefined without one. */
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

/** A stored result as it is shown. One from before these limits could break each page that holds it: only its size is shown. */
export function readResult(text: string | null): unknown {
  if (text === null) return null
  if (text.length > MOST_BYTES || depthOf(text) > MOST_LEVELS)
    return { omitted: 'This result is too large or too deep to show.', bytes: Buffer.byteLength(text) }
  return parseJson(text)
}
