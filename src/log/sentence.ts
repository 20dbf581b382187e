import type { Fields, Kinds } from './kinds.ts'
import { LOCAL, type LoggedEvent } from './log.ts'

export interface Sentence {
  seq: number
  at: string
  kind: string
  /** What it changed to, for a kind that has states or statuses. */
  state?: string
  actor: string
  source?: string
  text: string
  /** The same without the id of a task that has a title. */
  brief: string
  href: string
  /** The page about its subject, if there is one. */
  page?: string
}

/** An event in words. `pageOf` finds the page of a subject, if it has one. */
export function sentence(event: LoggedEvent, kinds: Kinds, pageOf: (subject: string) => string | undefined): Sentence {
  const { seq, at, kind, subject, actor, source, payload } = event
  const own = source === LOCAL
  const fields: Fields = JSON.parse(payload)
  const state = fields.status ?? fields.state
  const known = kinds.get(kind)
  const id = subject.slice(subject.indexOf(':') + 1)
  const says = (thing: string) => known?.sentence?.(fields, thing) ?? kind
  const page = own ? (known?.href ?? pageOf(subject)) : undefined
  return {
    seq,
    at: new Date(at).toISOString(),
    kind,
    ...(typeof state === 'string' && { state }),
    actor,
    ...(!own && { source }),
    text: says(thingOf(fields, id)),
    brief: says(isTitled(fields, id) ? fields.title : thingOf(fields, id)),
    href: page ?? `/events/kinds#kind-${kind.replaceAll('.', '-')}`,
    ...(page !== undefined && { page }),
  }
}

/** A worker's title is its name, which others may have. */
const isTitled = (fields: Fields, id: string): fields is Fields & { title: string } => typeof fields.title === 'string' && !id.startsWith('w_')

/** The name of the thing, if the event has it, and its id. */
function thingOf(fields: Fields, id: string): string {
  if (isTitled(fields, id)) return `${id} “${fields.title}”`
  const { title, name, worker_id } = fields
  if (typeof title === 'string') return `${title} (${id})`
  return typeof name === 'string' && worker_id === id ? `${name} (${id})` : id
}
