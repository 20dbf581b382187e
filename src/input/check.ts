import { z } from 'zod'
import { invalid, type Problem } from './problem.ts'

const MOST_FIELDS = 20

/** Throws invalid, with a sentence per invalid field. `of` names the input, `within` the object that contains it. */
export function check<T>(schema: z.ZodType<T>, input: unknown, { of = 'body', within }: { of?: string; within?: string } = {}): T {
  const parsed = schema.safeParse(input, { error: whatIsWrong })
  if (parsed.success) return parsed.data
  const fields = new Map<string, string>()
  for (const issue of parsed.error.issues) {
    for (const path of pathsOf(issue)) {
      if (fields.size === MOST_FIELDS) break
      const name = [within ?? [], ...path].flat().join('.') || of
      if (!fields.has(name)) fields.set(name, issue.message.replace(/[^.]$/, '$&.')) // only the first mistake of each field is reported
    }
  }
  throw notRight(fields)
}

export const whatIsWrong: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'unrecognized_keys':
      return 'Unknown field.'
    case 'invalid_type':
      return issue.input === undefined ? 'This is required.' : wrongKind(issue)
    case 'invalid_value':
      return oneOf(issue.values.map(String).filter(Boolean), issue.input === undefined)
    case 'invalid_key':
      return issue.issues[0]?.message ?? 'This name is invalid.'
    case 'too_small':
      if (issue.minimum === 1 && issue.origin !== 'number') return 'This must not be empty.'
      return `${issue.inclusive ? 'At least' : 'More than'} ${counted(issue.minimum, issue.origin)}.`
    case 'too_big':
      return `${issue.inclusive ? 'At most' : 'Less than'} ${counted(issue.maximum, issue.origin)}.`
    default:
      return issue.code === 'invalid_format' && issue.format === 'datetime' ? INSTANT : 'This is invalid.'
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
const INSTANT = 'Use a time such as 2026-11-21T10:30:00Z.'

function wrongKind({ expected, inst }: { expected: string; inst?: unknown }): string {
  return WRONG_KIND[inst instanceof z.ZodNumber && inst.isInt ? 'int' : expected] ?? 'This is invalid.'
}

function oneOf(words: readonly string[], isMissing: boolean): string {
  const choice = words.length === 1 ? `This must be ${words[0]}.` : `One of ${words.join(', ')}.`
  return isMissing ? `This is required. ${choice}` : choice
}

const counted = (limit: number | bigint, origin: string): string =>
  [limit, ...(origin === 'string' ? ['characters'] : origin === 'array' ? ['entries'] : [])].join(' ')

function pathsOf(issue: z.core.$ZodIssue): PropertyKey[][] {
  return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path]
}

function notRight(fields: ReadonlyMap<string, string>): Problem {
  const names = [...fields.keys()].join(', ')
  const [message, ...others] = new Set(fields.values())
  return invalid(others.length === 0 ? `${names}: ${message}` : `${fields.size} fields are invalid: ${names}.`, Object.fromEntries(fields))
}
