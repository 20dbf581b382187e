import { type Actor, ROLES } from './actor.ts'
import { LOCAL } from './log.ts'

/** The sender of an event from another program. The name comes from its credential or configuration, never from the event. */
export interface Sender {
  /** Unique among senders: two events with the same `key` and `source_id` are one. */
  key: string
  /** What the log calls it. */
  name: string
}

/** Whoever can use the control socket or the inbox folder is the account itself, so its programs name themselves. */
export interface OwnPrograms {
  /** The defaults for an event without a source or an id. */
  name: string
  source_id?: string
}

/** The prefix of the keys of upstreams that are Telltale servers. */
export const TELLTALES = 'telltale:'

export const upstreamSender = ({ kind, name }: { kind: string; name: string }): Sender => ({
  key: `${kind === 'telltale' ? TELLTALES : 'upstream:'}${name}`,
  name,
})

/** Whether a text can be a name in the log. It must be one line, because it goes into log lines and stream fields. */
export const isName = (text: string, most = 200) => text.length > 0 && text.length <= most && !/[\p{Cc}\u2028\u2029]/u.test(text) && text.isWellFormed()

/** The sender of a request. Two tokens or sessions with one name are different senders. */
export function senderOf({ name, role, credential }: Actor): Sender | OwnPrograms {
  if (credential === undefined) return { name }
  const own = name.startsWith(`${role}:`) ? name.slice(role.length + 1) : name
  return { key: credential, name: own === LOCAL ? `token/${own}` : own }
}

const LOCAL_ACTOR = new RegExp(`^(owner|telltale|operator)$|^(${ROLES.join('|')}):`)

/** Whether the log uses this name for an actor of this server; a signed-in browser is `operator`. */
export const isLocalActor = (name: string) => LOCAL_ACTOR.test(name)
