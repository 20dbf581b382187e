import { z } from 'zod'
import { depthOf, parseJson } from '../input/json.ts'

const MOST_BYTES = 65_536
const MOST_LEVELS = 100

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

export const readResult = (text: string | null): unknown => (text === null ? null : parseJson(text))
