const UNITS = { s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** A bucket of `tasks` tokens, which fills evenly in `per_ms`: each start takes one. */
export interface Rate {
  tasks: number
  per_ms: number
}

export const MOST_TASKS = 10_000
export const RATE_RULE = `A rate looks like 60/min: a number up to ${MOST_TASKS}, then s, min, h or d.`

/** Undefined if it is not one. */
export function readRate(text: string): Rate | undefined {
  const [, tasks, unit] = /^([1-9]\d{0,4})\s*\/\s*(s|min|h|d)$/.exec(text.trim()) ?? []
  if (tasks === undefined || Number(tasks) > MOST_TASKS) return undefined
  return { tasks: Number(tasks), per_ms: UNITS[unit as keyof typeof UNITS] }
}

export function writeRate({ tasks, per_ms }: Rate): string {
  const [unit] = Object.entries(UNITS).find(([, ms]) => ms === per_ms) ?? ['?']
  return `${tasks}/${unit}`
}

const UNIT_WORDS: Record<string, string> = { s: 'second', min: 'minute', h: 'hour', d: 'day' }

export const rateInWords = (rate: string): string => rate.replace(/\/(.+)$/, (_, unit) => ` per ${UNIT_WORDS[unit]}`)
