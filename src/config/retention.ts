export const KEPT = {
  'keep-tasks': { kind: 'age', default: '90d' },
  'keep-logs': { kind: 'age', default: '30d' },
  'keep-events': { kind: 'age', default: '400d' },
  'max-data': { kind: 'size', default: '10GB' },
} as const
export type KeptId = keyof typeof KEPT
export const KEPT_IDS = Object.keys(KEPT) as KeptId[]

const UNIT_MS: Record<string, number> = { h: 3_600_000, d: 86_400_000, w: 604_800_000, y: 31_536_000_000 }
const UNIT_BYTES: Record<string, number> = { MB: 1e6, GB: 1e9, TB: 1e12 }
const LEAST_BYTES = 50e6

/** The limit in ms or bytes; Infinity for `forever` and `unlimited`. Throws with the expected form. */
export function amountOf(id: KeptId, text: string): number {
  return KEPT[id].kind === 'age' ? ageOf(text) : sizeOf(text)
}

export function tidy(id: KeptId, text: string): string {
  amountOf(id, text)
  const bare = text.replaceAll(/\s/g, '')
  return KEPT[id].kind === 'age' || /^unlimited$/i.test(bare) ? bare.toLowerCase() : bare.toUpperCase()
}

const UNIT_WORDS: Record<string, string> = { h: 'hour', d: 'day', w: 'week', y: 'year' }

export function inWords(age: string): string {
  const [count, unit = ''] = [Number.parseInt(age, 10), UNIT_WORDS[age.slice(-1)]]
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

function ageOf(text: string): number {
  if (/^\s*forever\s*$/i.test(text)) return Number.POSITIVE_INFINITY
  const [, count = '', unit = ''] = /^\s*([1-9]\d{0,4})\s*([hdwy])\s*$/i.exec(text) ?? []
  if (!count) throw new Error('must be a time such as 12h, 90d, 8w or 2y, or forever')
  return Number(count) * (UNIT_MS[unit.toLowerCase()] as number)
}

function sizeOf(text: string): number {
  if (/^\s*unlimited\s*$/i.test(text)) return Number.POSITIVE_INFINITY
  const [, count = '', unit = ''] = /^\s*(\d{1,6}(?:\.\d{1,3})?)\s*([MGT]B)\s*$/i.exec(text) ?? []
  const bytes = Number(count) * (UNIT_BYTES[unit.toUpperCase()] ?? 0)
  if (!count || bytes < LEAST_BYTES) throw new Error('must be a size of at least 50MB, such as 500MB, 10GB or 1TB, or unlimited')
  return bytes
}
