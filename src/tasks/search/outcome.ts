export const BULK_VERBS = ['cancel', 'retry', 'delete', 'acknowledge', 'unacknowledge'] as const
const REASONS = [
  'already_ended',
  'stopping',
  'not_ended',
  'held',
  'not_failed',
  'acknowledged',
  'not_acknowledged',
  'unique_key',
  'step',
  'gone',
  'changed',
] as const
type BulkVerb = (typeof BULK_VERBS)[number]
export type Reason = (typeof REASONS)[number]
export type Because = Partial<Record<Reason, number>>

export interface BulkOutcome {
  verb: BulkVerb
  changed: number
  because: Because
}

export const writeOutcome = ({ verb, changed, because }: BulkOutcome): string =>
  [[verb, changed], ...Object.entries(because)].map((part) => part.join('-')).join('.')

export function readOutcome(text = ''): BulkOutcome | undefined {
  const [first, ...rest] = text.split('.').map((part) => /^([a-z_]+)-(\d{1,9})$/.exec(part))
  const verb = BULK_VERBS.find((verb) => verb === first?.[1])
  if (!verb || rest.some((part) => !REASONS.some((reason) => reason === part?.[1]))) return undefined
  return { verb, changed: Number(first?.[2]), because: Object.fromEntries(rest.map((part) => [part?.[1], Number(part?.[2])])) }
}
