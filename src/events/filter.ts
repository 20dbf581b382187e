import { z } from 'zod'
import { Kinds, SUBJECT_CHARACTERS } from '../live/firehose.ts'
import { MOST_ROWS } from './words.ts'

const MOST_WORDS = 8
const KIND = /^[a-z0-9._-]+$/
const KIND_LOOKS = 'A kind looks like task.created, or like task. for every kind that begins with it'

const name = (most: number) =>
  z
    .string()
    .max(most)
    .optional()
    .transform((text) => text || undefined)

/** The filters of the live log and of the history over the API. */
export const FIELDS = {
  kinds: Kinds,
  subject: name(SUBJECT_CHARACTERS),
  source: name(200),
  actor: name(401),
  q: name(500),
}

interface Asked {
  kinds: readonly string[]
  subject?: string | undefined
  source?: string | undefined
  actor?: string | undefined
  q?: string | undefined
}

/** `kind:task.* subject:t_9 actor:owner "two words" another`. */
const TOKEN = /(?:(kind|subject|source|actor):)?(?:"([^"]+)"|(\S+))/g

/** Moves the qualifiers of `q` to their own fields; what remains are words. */
export function typed<T extends Asked>(asked: T, context: z.RefinementCtx): T & { words: readonly string[] } {
  const named: { -readonly [Name in keyof Asked]?: Asked[Name] } = {}
  const kinds = [...asked.kinds]
  const words: string[] = []
  for (const [, qualifier, quoted, bare] of (asked.q ?? '').matchAll(TOKEN)) {
    const value = (quoted ?? bare) as string
    if (qualifier === undefined) words.push(value)
    else if (qualifier === 'kind') kinds.push(value)
    else named[qualifier as 'subject'] = value
  }
  const patterns = [...new Set(kinds.map((kind) => kind.replace(/\.\*$/, '.')))]
  if (!patterns.every((kind) => KIND.test(kind))) context.addIssue({ code: 'custom', path: ['kinds'], message: KIND_LOOKS })
  if (words.length > MOST_WORDS) context.addIssue({ code: 'custom', path: ['q'], message: `Search for at most ${MOST_WORDS} words` })
  const q = words.map((word) => (/\s|^(kind|subject|source|actor):./.test(word) ? `"${word}"` : word)).join(' ') || undefined
  return { ...asked, ...named, kinds: patterns, words, q }
}

/** The filter and the place of a page of the log, newest first. */
export const EventsFilter = z
  .object({
    ...FIELDS,
    before: z
      .string()
      .regex(/^\d{1,15}$/, 'Name an event by its number, such as 48219')
      .transform(Number)
      .optional(),
    limit: z.coerce.number().int().min(1).max(MOST_ROWS).optional(),
  })
  .transform(typed)
export type EventsFilter = z.infer<typeof EventsFilter>
