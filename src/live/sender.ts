import { type Actor, ROLES } from './actor.ts'
import { LOCAL } from './log.ts'

/** Where an event of another program comes from. Its name is given by whoever let it in, never by the event. */
export interface Sender {
  /** Unique among senders: `key` and `source_id` together say that two events are one. */
  key: string
  /** What the log calls it. */
  name: string
}

/** The holder of the control socket or of the inbox folder is the account itself, so its programs name themselves. */
export interface OwnPrograms {
  /** The source of an event that names none, and its id where the event has none. */
  name: string
  source_id?: string
}

/** How the keys of upstreams begin that are Telltales themselves. */
export const TELLTALES = 'telltale:'

export const upstreamSender = ({ kind, name }: { kind: string; name: string }): Sender => ({
  key: `${kind === 'telltale' ? TELLTALES : 'upstream:'}${name}`,
  name,
})

/** Whether a text can be a name in the log: on one line, since it goes into log lines and stream fields. */
export const isName = (text: string, most = 200) => text.length > 0 && text.length <= most && !/[\p{Cc}\u2028\u2029]/u.test(text) && text.isWellFormed()

/** The sender of a request: a token or a session is one by its id, whatever others have its name. */
export function senderOf({ name, role, credential }: Actor): Sender | OwnPrograms {
  if (credential === undefined) return { name }
  const own = name.startsWith(`${role}:`) ? name.slice(role.length + 1) : name
  return { key: credential, name: own === LOCAL ? `token/${own}` : own }
}

const LOCAL_ACTOR = new RegExp(`^(owner|telltale|operator)$|^(${ROLES.join('|')}):`)

/** Whether the log uses this name for an actor of this server; a signed-in browser is `operator`. */
export const isLocalActor = (name: string) => LOCAL_ACTOR.test(name)
