import { z } from 'zod'

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
  if (isDeeper(value, MOST_LEVELS)) return refuse(`A result is nested at most ${MOST_LEVELS} levels deep.`)
  const text = JSON.stringify(value)
  if (Buffer.byteLength(text) > MOST_BYTES) return refuse(`A result holds at most ${MOST_BYTES / 1024} KiB. Print more to the log, or store it elsewhere.`)
  return text
})

/** A stored result as it is shown. One from before these limits could break each page that holds it: only its size is shown. */
export function readResult(text: string | null): unknown {
  if (text === null) return null
  if (text.length > MOST_BYTES || levelsOf(text) > MOST_LEVELS)
    return { omitted: 'This result is too large or too deep to show.', bytes: Buffer.byteLength(text) }
  return JSON.parse(text)
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1))
}

/** How deep JSON text is nested, by its brackets outside strings: nothing is parsed. */
function levelsOf(text: string): number {
  let [level, deepest, isInString] = [0, 0, false]
  for (let i = 0; i < text.length; i++) {
    const character = text[i]
    if (isInString && character === '\\') i++
    else if (character === '"') isInString = !isInString
    else if (isInString) continue
    else if (character === '[' || character === '{') deepest = Math.max(deepest, ++level)
    else if (character === ']' || character === '}') level--
  }
  return deepest
}
