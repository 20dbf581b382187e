import { setTimeout as pause } from 'node:timers/promises'
import { asLine } from '../input/texts.ts'

export interface Progress {
  done: number
  total?: number
  text?: string
}

const LONGEST_LINE = 1024
const LONGEST_TEXT = 200
const LONGEST_SEQUENCE = 16
const EVERY_MS = 500

const START = '::progress '
const SEQUENCE_START = '\x1b]9;4;'
const LINE_FEED = 0x0a
const LINE = /^::progress ([^\r\n:]*)::([^\r\n]*)\r?\n/gm
const AMOUNT = /^(done|total)=(\d{1,15}(?:\.\d{1,9})?)$/
/** The sequence of ConEmu and Windows Terminal: state 1 is a percentage, 2 an error, 4 a pause. */
const SEQUENCE = /\x1b\]9;4;[124];(\d{1,3})(?:\x07|\x1b\\)/g

/**
 * Finds the progress that a command prints in one stream of its output: a line `::progress done=42 total=100::text`, or the
 * terminal sequence OSC 9;4. Such a line is taken out of the output, unless it came in pieces: output is never held back.
 */
export class ProgressScan {
  readonly #found: (progress: Progress) => void
  /** The beginning of the last line, which has no end yet. */
  #line = ''
  #tail = ''

  constructor(found: (progress: Progress) => void) {
    this.#found = found
  }

  push(data: Buffer): Buffer {
    if (this.#tail === '' && !this.#line.startsWith(':') && !data.includes(START) && !data.includes(SEQUENCE_START)) return this.#pass(data)
    // As Latin-1, each byte is one character, so that no character is split.
    const text = data.toString('latin1')
    this.#sequencesIn(text)
    const from = this.#endLine(text)
    const rest = text.slice(from)
    const kept = rest.includes(START) ? rest.replace(LINE, (line, amounts, words) => (this.#has(amounts, words) ? '' : line)) : rest
    return kept.length === rest.length ? data : Buffer.concat([data.subarray(0, from), Buffer.from(kept, 'latin1')])
  }

  /** Most output holds nothing of the kind, and is not copied. */
  #pass(data: Buffer): Buffer {
    const begins = data.lastIndexOf(LINE_FEED) + 1
    if (begins > 0 || this.#line === '') this.#line = data.toString('latin1', begins, begins + LONGEST_LINE)
    this.#tail = tailOf(data.toString('latin1', Math.max(0, data.length - LONGEST_SEQUENCE)))
    return data
  }

  /** Reads the line that began in an earlier piece. Returns where the first line that begins in this piece starts. */
  #endLine(text: string): number {
    const end = text.indexOf('\n') + 1
    const began = this.#line
    const last = text.lastIndexOf('\n') + 1
    this.#line = (end === 0 ? began + text : text.slice(last)).slice(0, LONGEST_LINE)
    if (began === '') return 0
    if (end === 0) return text.length
    const [found] = `${began}${text.slice(0, end)}`.matchAll(LINE)
    if (found?.index === 0) this.#has(found[1] as string, found[2] as string)
    return end
  }

  #has(amounts: string, words: string): boolean {
    const progress = progressOf(amounts, Buffer.from(words, 'latin1').toString())
    if (progress) this.#found(progress)
    return progress !== undefined
  }

  #sequencesIn(text: string) {
    const both = this.#tail + text
    const from = this.#tail.length
    this.#tail = tailOf(both.slice(-LONGEST_SEQUENCE))
    if (!both.includes(SEQUENCE_START)) return
    for (const { index, 0: sequence, 1: percent } of both.matchAll(SEQUENCE))
      if (index + sequence.length > from) this.#found({ done: Math.min(100, Number(percent)), total: 100 })
  }
}

/** The end of the output, if a sequence may have begun there. */
const tailOf = (end: string) => (end.includes('\x1b') ? end : '')

function progressOf(amounts: string, words: string): Progress | undefined {
  const parts = amounts.split(/[ ,]+/).map((part) => AMOUNT.exec(part))
  const named = Object.fromEntries(parts.map((part) => [part?.[1] ?? '', Number(part?.[2])]))
  const { done, total, ...others } = named
  if (done === undefined || Object.keys(others).length > 0 || (total !== undefined && done > total)) return undefined
  const text = asLine([...asLine(words)].slice(0, LONGEST_TEXT).join(''))
  return { done, ...(total !== undefined && { total }), ...(text && { text }) }
}

/** Sends the latest value, one at a time and twice a second at most. What was not sent is superseded by the next. */
export function latest<T>(send: (value: T) => Promise<unknown>, signal: AbortSignal): (value: T) => void {
  let next: T | undefined
  let isSending = false
  async function sendAll() {
    isSending = true
    for (let value = next; value !== undefined && !signal.aborted; value = next) {
      next = undefined
      await send(value).catch(() => {}) // the lease's own beats see what is wrong
      await pause(EVERY_MS, undefined, { signal, ref: false }).catch(() => {})
    }
    isSending = false
  }
  return (value) => {
    next = value
    if (!isSending) void sendAll()
  }
}
