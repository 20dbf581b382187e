import { z } from 'zod'
import { depthOf, parseJson } from '../live/json.ts'

/** The same limit as for an event. */
const MOST_BYTES = 65_536
const MOST_LEVELS = 100

/** Any JSON value, as the text that is stored. */
export const Result = z.unknown().transform((value, context): string | undefined => {
  if (value === undefined) return undefined
  const refuse = (message: string) => {
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  }
  const text = JSON.stringify(value)
  if (depthOf(text) > MOST_LEVELS) return refuse(`A result may be nested at most ${MOST_LEVELS} levels deep.`)
  if (Buffer.byteLength(text) > MOST_BYTES) return refuse(`A result may have at most ${MOST_BYTES / 1024} KiB. Print more to the log, or store it elsewhere.`)
  return text
})

/** Results that an older version stored without limits could break a page, so only their size is shown. */
export function readResult(text: string | null): unknown {
  if (text === null) return null
  if (text.length > MOST_BYTES || depthOf(text) > MOST_LEVELS)
    return { omitted: 'This result is too large or too deep to show.', bytes: Buffer.byteLength(text) }
  return parseJson(text)
}
