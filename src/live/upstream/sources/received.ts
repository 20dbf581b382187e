import { KIND_NAME } from '../../kinds.ts'

/** The fields of an event as the inbox takes it. */
const ENVELOPE = ['source', 'source_id', 'kind', 'payload', 'subject', 'actor', 'at', 'cause']
const SEGMENT_CHARACTERS = 61

/** What a stranger sent, as an event: in the inbox's own form, or any JSON, which is then the payload. */
export function received(value: unknown, { kind: otherwise, id }: { kind: string; id: string | undefined }): Record<string, unknown> {
  const said = isRecord(value) ? value : { data: value }
  const { kind, event_type, type, payload, source, subject, actor, at } = said
  const named = [kind, event_type, type].find(isKind)
  // Two writers in one stream may count alike.
  const source_id = id !== undefined && typeof source === 'string' && source !== 'local' ? `${source}/${id}` : id
  const isOurs = isKind(kind) && (isRecord(payload) || Object.keys(said).every((key) => ENVELOPE.includes(key)))
  if (isOurs) return { kind, payload, source_id, subject, actor, at }
  return { kind: named ?? otherwise, payload: said, source_id }
}

/** A kind made of an upstream's name and any word: `ci.build_finished` for `Build finished`. */
export function kindOf(upstream: string, word: string): string {
  const plain = word.toLowerCase().replace(/[^a-z0-9_-]+/g, '_')
  const segment = plain.replace(/^[_-]+/, '').slice(0, SEGMENT_CHARACTERS)
  return `${/^[a-z]/.test(upstream) ? upstream : `u${upstream}`}.${segment || 'message'}`
}

export const isKind = (word: unknown): word is string => typeof word === 'string' && KIND_NAME.test(word)

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
