import { createHash } from 'node:crypto'
import { isObject } from '../../../input/json.ts'
import { KIND_NAME } from '../../../log/kinds.ts'
import { LOCAL } from '../../../log/log.ts'
import { isName } from '../../../log/sender.ts'

const ENVELOPE = ['source', 'source_id', 'kind', 'payload', 'subject', 'actor', 'at', 'cause']
const SEGMENT_CHARACTERS = 61

/** An event in the inbox's own form, or any JSON, which becomes the payload. */
export function received(value: unknown, { kind: otherwise, id }: { kind: string; id: string | undefined }): Record<string, unknown> {
  const said = isObject(value) ? value : { data: value }
  const { kind, event_type, type, payload, source, subject, actor, at } = said
  const itsKind = [kind, event_type, type].find(isKind)
  const isOurs = isKind(kind) && (isObject(payload) || Object.keys(said).every((key) => ENVELOPE.includes(key)))
  const from = { source_id: id && named(id), ...(typeof source === 'string' && source !== LOCAL && isName(source) && { source }) }
  if (isOurs) return { kind, payload, ...from, subject, actor, at }
  return { kind: itsKind ?? otherwise, payload: said, ...from }
}

const named = (id: string) => (isName(id) ? id : `sha256:${createHash('sha256').update(id).digest('hex')}`)

/** A kind from the upstream's name and any word: `ci.build_finished` for `Build finished`. */
export function kindOf(upstream: string, word: string): string {
  const plain = word.toLowerCase().replace(/[^a-z0-9_-]+/g, '_')
  const segment = plain.replace(/^[_-]+/, '').slice(0, SEGMENT_CHARACTERS)
  return `${/^[a-z]/.test(upstream) ? upstream : `u${upstream}`}.${segment || 'message'}`
}

export const isKind = (word: unknown): word is string => typeof word === 'string' && KIND_NAME.test(word)
