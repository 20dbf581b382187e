import { type Actor, ROLES } from './actor.ts'
import { LOCAL } from './log.ts'

/** The sender of an event from another program, named by its credential or configuration, never by the event. */
export interface Sender {
  key: string
  name: string
}

/** Whoever can use the control socket or the inbox has this account, so its programs name themselves. */
export interface OwnPrograms {
  name: string
  source_id?: string
}

export const TELLTALES = 'telltale:'

export const upstreamSender = ({ kind, name }: { kind: string; name: string }): Sender => ({
  key: `${kind === 'telltale' ? TELLTALES : 'upstream:'}${name}`,
  name,
})

/** Names go into log lines and stream fields, so they must be one line. */
export const isName = (text: string, most = 200) => text.length > 0 && text.length <= most && !/[\p{Cc}\u2028\u2029]/u.test(text) && text.isWellFormed()

export function senderOf({ name, role, credential }: Actor): Sender | OwnPrograms {
  if (credential === undefined) return { name }
  const own = name.startsWith(`${role}:`) ? name.slice(role.length + 1) : name
  return { key: credential, name: own === LOCAL ? `token/${own}` : own }
}

const LOCAL_ACTOR = new RegExp(`^(owner|telltale|operator)$|^(${ROLES.join('|')}):`)

export const isLocalActor = (name: string) => LOCAL_ACTOR.test(name)
