export const LEVELS = ['error', 'warn', 'info', 'debug'] as const
export type Level = (typeof LEVELS)[number]

const LEVEL_OF: Record<string, Level> = {
  fatal: 'error',
  critical: 'error',
  panic: 'error',
  error: 'error',
  err: 'error',
  warning: 'warn',
  warn: 'warn',
  notice: 'info',
  info: 'info',
  debug: 'debug',
  trace: 'debug',
  verbose: 'debug',
}
const WORD = Object.keys(LEVEL_OF).join('|')
/** A time, a bracket, then a level. Neighbouring parts share no characters, or a line of digits would backtrack thousands of times. */
const AT_START = new RegExp(`^[\\s[(<]*(?:\\d[\\d:.,/TZ+\\s-]*(?:[\\])]\\s*)?[[(<|]?)?(?:(${WORD})(?:\\[\\w{1,20}\\])?\\s*[:\\])>|]|(${WORD})\\b)`, 'i')
const CAPITALS = new RegExp(`^(?:${WORD.toUpperCase()})$`)
const BY_NAME = /(?:^\{.*?"(?:level|severity|lvl)"\s*:\s*"?|(?:^|\s)(?:level|lvl)=)([a-z]+|\d0)\b/i
const BY_NUMBER: Record<string, Level> = { 10: 'debug', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'error' }
const READ = 400

/** By prefix, or JSON or logfmt field; null if there is none. */
export function levelOf(line: string): Level | null {
  const begin = line.slice(0, READ)
  const named = BY_NAME.exec(begin)?.[1]?.toLowerCase()
  if (named) return LEVEL_OF[named] ?? BY_NUMBER[named] ?? null
  const [, marked, bare] = AT_START.exec(begin) ?? []
  if (marked) return LEVEL_OF[marked.toLowerCase()] ?? null
  return bare && CAPITALS.test(bare) ? (LEVEL_OF[bare.toLowerCase()] ?? null) : null
}

/** For consecutive lines: an indented line, such as a stack frame, takes the level of the line above. */
export function levels(): (line: string) => Level | null {
  let above: Level | null = null
  return (line) => {
    above = line === '' ? null : (levelOf(line) ?? (/^\s+\S/.test(line) ? above : null))
    return above
  }
}

export const isAtLeast = (level: Level | null, wanted: Level): boolean => level !== null && LEVELS.indexOf(level) <= LEVELS.indexOf(wanted)
