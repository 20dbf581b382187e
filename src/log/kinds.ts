import { z } from 'zod'

type Shape = z.core.$ZodShape
export type Fields = Readonly<Record<string, unknown>>

/** How people read an event of a kind. `payload` may come from another program, so any field may be missing. */
interface Wording {
  /** `thing` is the event's subject in words. */
  sentence?(payload: Fields, thing: string): string
  /** False for an event that repeats what another one says. Default: every one is news. */
  isNews?(payload: Fields, event: { subject: string }): boolean
  /** The page about it, if the subject has none of its own. */
  href?: string
}

/** A kind of event. A field is never renamed, and a new one is optional and last. */
export interface Kind<Payload extends Shape = Shape> extends Wording {
  name: string
  /** When it is emitted. */
  when: string
  payload: z.ZodObject<Payload>
  /** False for a kind that nothing here emits yet; programs may send it. */
  isPublished: boolean
}

export type Payload<K extends Kind> = z.infer<K['payload']>

/** Every kind that this server knows, by name. */
export type Kinds = ReadonlyMap<string, Kind>

export function kind<const Payload extends Shape>(name: string, when: string, fields: Payload, wording: Wording = {}): Kind<Payload> {
  return { name, when, payload: z.strictObject(fields) as unknown as z.ZodObject<Payload>, isPublished: true, ...wording }
}

export const planned = <const Payload extends Shape>(name: string, when: string, fields: Payload): Kind<Payload> => ({
  ...kind(name, when, fields),
  isPublished: false,
})

/** Throws on two kinds of one name. */
export function kindsOf(declared: readonly Kind[]): Kinds {
  const kinds = new Map(declared.map((kind) => [kind.name, kind]))
  if (kinds.size < declared.length) throw new Error(`a kind is declared twice among ${declared.map(({ name }) => name).join(', ')}`)
  return kinds
}

export const KIND_NAME = /^[a-z][a-z0-9_-]{0,60}(\.[a-z0-9][a-z0-9_-]{0,60}){1,7}$/

export const EVERY_KIND = '*'

/** True if a pattern equals `kind`, or ends in a dot and is a prefix of it. */
export function isNamed(kind: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => (pattern.endsWith('.') ? kind.startsWith(pattern) : kind === pattern || pattern === EVERY_KIND))
}
