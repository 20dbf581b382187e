import { z } from 'zod'
import { invalid, type Problem } from './problem.ts'

/** How many mistakes a response lists. */
const MOST_FIELDS = 20

/**
 * The input as `schema` reads it. Throws invalid, with a sentence for each field that is wrong. `of` is what the input is
 * called as a whole; what stands `within` something larger is named as a part of it.
 */
export function check<T>(schema: z.ZodType<T>, input: unknown, { of = 'body', within }: { of?: string; within?: string } = {}): T {
  const parsed = schema.safeParse(input, { error: whatIsWrong })
  if (parsed.success) return parsed.data
  const fields = new Map<string, string>()
  for (const issue of parsed.error.issues) {
    for (const path of pathsOf(issue)) {
      if (fields.size === MOST_FIELDS) break
      const name = [within ?? [], ...path].flat().join('.') || of
      if (!fields.has(name)) fields.set(name, issue.message.replace(/[^.]$/, '$&.')) // the first mistake of a field is told
    }
  }
  throw notRight(fields)
}

/** What is wrong with a value, as a sentence for whoever gave it: the `error` of a parse, for schemas that say nothing of their own. */
export const whatIsWrong: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'unrecognized_keys':
      return 'There is no such field here.'
    case 'invalid_type':
      return issue.input === undefined ? 'This is needed.' : wrongKind(issue)
    case 'invalid_value':
      return oneOf(issue.values.map(String).filter(Boolean), issue.input === undefined)
    case 'too_small':
      if (issue.minimum === 1 && issue.origin !== 'number') return 'This may not be empty.'
      return `${issue.inclusive ? 'At least' : 'More than'} ${counted(issue.minimum, issue.origin)}.`
    case 'too_big':
      return `${issue.inclusive ? 'At most' : 'Less than'} ${counted(issue.maximum, issue.origin)}.`
    default:
      return issue.code === 'invalid_format' && issue.format === 'datetime' ? INSTANT : 'This is not right.'
  }
}

const WRONG_KIND: Record<string, string> = {
  string: 'This must be text.',
  number: 'This must be a number.',
  int: 'This must be a whole number.',
  boolean: 'This must be true or false.',
  array: 'This must be a list.',
  object: 'This must be a JSON object.',
  record: 'This must be a JSON object.',
}
/** An event's time has seconds. */
const INSTANT = 'Say when as 2026-11-21T10:30:00Z.'

function wrongKind({ expected, inst }: { expected: string; inst?: unknown }): string {
  return WRONG_KIND[inst instanceof z.ZodNumber && inst.isInt ? 'int' : expected] ?? 'This is not right.'
}

function oneOf(words: readonly string[], isMissing: boolean): string {
  const choice = words.length === 1 ? `This must be ${words[0]}.` : `One of ${words.join(', ')}.`
  return isMissing ? `This is needed. ${choice}` : choice
}

/** A limit with what it counts, where that is not the number itself. */
const counted = (limit: number | bigint, origin: string): string =>
  [limit, ...(origin === 'string' ? ['characters'] : origin === 'array' ? ['entries'] : [])].join(' ')

/** A field that should not be there is a mistake at its own place. */
function pathsOf(issue: z.core.$ZodIssue): PropertyKey[][] {
  return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path]
}

function notRight(fields: ReadonlyMap<string, string>): Problem {
  const names = [...fields.keys()].join(', ')
  const [message, ...others] = new Set(fields.values())
  return invalid(others.length === 0 ? `${names}: ${message}` : `${fields.size} fields are not right: ${names}.`, Object.fromEntries(fields))
}
