export const MOST_LEVELS = 1_000
const ENVELOPE_LEVELS = 4
/** Such a number survives a round trip through a double, unless it has an exponent. */
const EXACT_CHARACTERS = 15
/** Each takes a microsecond or two, and the sender chooses how many. */
const MOST_INEXACT = 20_000

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** A number that does not fit a double; `JSON.stringify` writes it as it was written (TC39 JSON.parse source text access). */
interface RawNumber {
  rawJSON: string
}
const { rawJSON, isRawJSON } = JSON as unknown as { rawJSON(text: string): RawNumber; isRawJSON(value: unknown): value is RawNumber }

export { isRawJSON as isRawNumber }

export class Unfit extends SyntaxError {}

export type JsonObject = Record<string, unknown>

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawJSON(value)

/** Parses JSON. A number that a double would change becomes an object that `JSON.stringify` writes as it was. Throws SyntaxError. */
export function parseJson(text: string, levels = MOST_LEVELS + ENVELOPE_LEVELS): unknown {
  const { depth, inexact } = survey(text)
  if (depth > levels) throw new Unfit(`it is nested deeper than ${levels.toLocaleString('en')} levels`)
  if (inexact.length > MOST_INEXACT) {
    throw new Unfit(`it has more than ${MOST_INEXACT.toLocaleString('en')} numbers with too many digits: send them as strings`)
  }
  const value: unknown = JSON.parse(text)
  return inexact.length === 0 ? value : exact(text, inexact)
}

export const depthOf = (text: string): number => survey(text).depth

/** Indented JSON, cut after `most` characters. Any depth works. */
export function indented(text: string, most: number): string {
  let out = ''
  let margin = '\n'
  for (let i = 0; i < text.length && out.length < most; i++) {
    const character = text[i] as string
    if (character === '"') {
      const end = closing(text, i)
      out += text.slice(i, end + 1)
      i = end
    } else if ((character === '[' || character === '{') && text[i + 1] !== ']' && text[i + 1] !== '}') {
      margin += '  '
      out += character + margin
    } else if ((character === ']' || character === '}') && text[i - 1] !== '[' && text[i - 1] !== '{') {
      margin = margin.slice(0, -2)
      out += margin + character
    } else out += character === ',' ? character + margin : character === ':' ? ': ' : character
  }
  return out.slice(0, most)
}

interface Survey {
  depth: number
  inexact: { from: number; to: number }[]
}

function survey(text: string): Survey {
  const inexact: Survey['inexact'] = []
  let depth = 0
  let level = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === QUOTE) i = closing(text, i)
    else if (code === 0x5b || code === 0x7b) depth = Math.max(depth, ++level)
    else if (code === 0x5d || code === 0x7d) level--
    else if (isOfNumber(code)) {
      const from = i
      while (isOfNumber(text.charCodeAt(i + 1))) i++
      if (i - from >= 2 && !isExact(text.slice(from, i + 1))) inexact.push({ from, to: i + 1 })
    }
  }
  return { depth, inexact }
}

function closing(text: string, from: number): number {
  for (let end = text.indexOf('"', from + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0
    while (text.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes++
    if (escapes % 2 === 0) return end
  }
  return text.length
}

const isOfNumber = (code: number) => (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x2e || code === 0x2b || code === 0x65 || code === 0x45

function isExact(number: string): boolean {
  const double = Number(number)
  if (Number.isNaN(double) || String(double) === number) return true
  if (number.length <= EXACT_CHARACTERS && !/[eE]/.test(number)) return true
  return Number.isFinite(double) && decimal(number) === decimal(String(double))
}

function decimal(number: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? []
  const digits = whole + fraction
  let begin = 0
  let end = digits.length
  while (begin < end && digits[begin] === '0') begin++
  while (end > begin && digits[end - 1] === '0') end--
  return begin === end ? '0' : `${sign}${digits.slice(begin, end)}e${Number(exponent) + digits.length - end - fraction.length}`
}

function exact(text: string, inexact: Survey['inexact']): unknown {
  const mark = `${crypto.randomUUID()} `
  const pieces: string[] = []
  let at = 0
  for (const [i, { from, to }] of inexact.entries()) {
    pieces.push(text.slice(at, from), `"${mark}${i}"`)
    at = to
  }
  const root = { value: JSON.parse(pieces.join('') + text.slice(at)) as unknown }
  const restored = (value: string) => {
    const { from, to } = inexact[Number(value.slice(mark.length))] as Survey['inexact'][number]
    return rawJSON(text.slice(from, to))
  }
  const open: JsonObject[] = [root]
  for (let holder = open.pop(); holder; holder = open.pop()) {
    const keys = Array.isArray(holder) ? holder.keys() : Object.keys(holder)
    for (const key of keys as Iterable<string>) {
      const value = holder[key]
      if (typeof value === 'object' && value !== null) open.push(value as JsonObject)
      else if (typeof value === 'string' && value.startsWith(mark)) holder[key] = restored(value)
    }
  }
  return root.value
}
