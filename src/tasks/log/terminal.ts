import { escapeHtml } from '@kitajs/html'
import { PLAIN, restyled, type TextStyle } from './text-style.ts'

const LINE_LENGTH = 16_384
/** The cursor cannot move further right; skipped cells become blanks. */
const COLUMNS = 160

/** C0 and C1 control characters, and those that change the direction of text. */
const CONTROL = /[\0-\x08\x0a-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g
const HAS_CONTROL = new RegExp(CONTROL.source)
const MOVES = /[\0-\x08\x0a-\x1a\x1c-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|\x1b(?!\[[\d;:]*m)/
const COLOUR = /\x1b\[([\d;:]*)m/g
const CSI = /[\x30-\x3f]*[\x20-\x2f]*[\x40-\x7e]?/y
const OTHER = /[\x20-\x2f]*[\x30-\x7e]?/y
/** A string ends at BEL or ST; another escape or a line break cancels it. */
const STRING_END = /[\x07\x18\x1a\x1b\x9c\r]/g
const INTRODUCERS: Record<string, string> = { '\x9b': '[', '\x90': 'P', '\x98': 'X', '\x9d': ']', '\x9e': '^', '\x9f': '_' }

interface Drawn {
  text: string
  html: string
}

/** Renders lines as a terminal would, with colours and overwriting; other sequences are dropped. Linear time for any input. */
export class Terminal {
  #style: TextStyle

  constructor(style: TextStyle = PLAIN) {
    this.#style = style
  }

  get style(): TextStyle {
    return this.#style
  }

  line(printed: string): Drawn {
    let end = printed.length
    while (printed[end - 1] === '\r') end--
    const text = printed.slice(0, end)
    const line = MOVES.test(text) ? new Screen(this.#style) : new Row(this.#style)
    line.write(text)
    this.#style = line.style
    return line.drawn()
  }

  skim(text: string) {
    for (const [, codes = ''] of text.matchAll(COLOUR)) this.#style = restyled(this.#style, codes)
  }
}

/** The text of one line as a reader sees it. Most lines have nothing that a terminal would draw. */
export const shownText = (printed: string): string => (printed.length > LINE_LENGTH || HAS_CONTROL.test(printed) ? new Terminal().line(printed).text : printed)

class Row {
  style: TextStyle
  readonly #runs: { text: string; style: TextStyle }[] = []
  #length = 0

  constructor(style: TextStyle) {
    this.style = style
  }

  write(text: string) {
    let at = 0
    for (const match of text.matchAll(COLOUR)) {
      this.#put(text.slice(at, match.index))
      this.style = restyled(this.style, match[1] as string)
      at = match.index + match[0].length
    }
    this.#put(text.slice(at))
  }

  drawn(): Drawn {
    return cut(this.#runs, this.#length - LINE_LENGTH)
  }

  #put(text: string) {
    const room = LINE_LENGTH - this.#length
    if (room > 0 && text !== '') this.#runs.push({ text: text.length > room ? text.slice(0, room) : text, style: this.style })
    this.#length += text.length
  }
}

class Screen {
  style: TextStyle
  readonly #characters: string[] = []
  readonly #styles: TextStyle[] = []
  #column = 0
  #width = 0
  #blank = 0

  constructor(style: TextStyle) {
    this.style = style
  }

  write(text: string) {
    for (let at = 0; at < text.length; ) {
      CONTROL.lastIndex = at
      const next = CONTROL.exec(text)?.index ?? text.length
      this.#put(text.slice(at, next))
      at = next < text.length ? this.#control(text, next) : next
    }
  }

  drawn(): Drawn {
    const runs: { text: string; style: TextStyle }[] = []
    for (const [at, text] of this.#characters.entries()) {
      const style = this.#styles[at] as TextStyle
      const last = runs.at(-1)
      if (last?.style === style) last.text += text
      else runs.push({ text, style })
    }
    return cut(runs, this.#width - LINE_LENGTH)
  }

  #put(text: string) {
    if (text === '') return
    this.#blank = Math.min(this.#blank, this.#column)
    for (const character of text) {
      if (this.#column < LINE_LENGTH) this.#set(this.#column, character, this.style)
      this.#column++
    }
    this.#width = Math.max(this.#width, this.#column)
  }

  #set(column: number, character: string, style: TextStyle) {
    while (this.#characters.length < column) {
      this.#characters.push(' ')
      this.#styles.push(PLAIN)
    }
    this.#characters[column] = character
    this.#styles[column] = style
  }

  #control(text: string, at: number): number {
    const control = text[at] as string
    if (control === '\r') this.#column = 0
    else if (control === '\b') this.#column = Math.max(0, this.#column - 1)
    const introducer = control === '\x1b' ? text[at + 1] : INTRODUCERS[control]
    if (introducer === undefined) return at + 1
    const begin = control === '\x1b' ? at + 2 : at + 1
    if (introducer === '[') return this.#sequence(text, begin)
    if (']PX^_'.includes(introducer)) return endOfString(text, begin)
    if (introducer === 'c') this.#reset()
    OTHER.lastIndex = at + 1
    return at + 1 + (OTHER.exec(text)?.[0].length ?? 0)
  }

  #sequence(text: string, begin: number): number {
    CSI.lastIndex = begin
    const sequence = CSI.exec(text)?.[0] ?? ''
    const parameters = sequence.slice(0, -1)
    if (sequence.endsWith('m') && /^[\d;:]*$/.test(parameters)) this.style = restyled(this.style, parameters)
    else if (/^\d{0,9}$/.test(parameters)) this.#act(sequence.at(-1) ?? '', Number(parameters))
    return begin + sequence.length
  }

  #act(final: string, parameter: number) {
    const count = Math.max(1, parameter)
    if (final === 'G' || final === '`') this.#column = Math.min(count, COLUMNS) - 1
    else if (final === 'C' || final === 'a') this.#column = Math.max(this.#column, Math.min(this.#column + count, COLUMNS - 1))
    else if (final === 'D') this.#column = Math.max(0, this.#column - count)
    else if (final === 'X') this.#erase(this.#column, this.#column + Math.min(count, COLUMNS))
    else if (final === 'K' && parameter === 0) this.#truncate(this.#column)
    else if (final === 'K' && parameter === 1) this.#eraseBefore()
    else if (final === 'K' && parameter === 2) this.#truncate(0)
  }

  #truncate(column: number) {
    this.#width = Math.min(this.#width, column)
    this.#characters.length = Math.min(this.#characters.length, column)
    this.#styles.length = this.#characters.length
    this.#blank = Math.min(this.#blank, column)
  }

  #eraseBefore() {
    this.#erase(this.#blank, this.#column + 1)
    this.#blank = Math.max(this.#blank, Math.min(this.#column + 1, this.#characters.length))
  }

  #erase(from: number, to: number) {
    const end = Math.min(to, this.#characters.length)
    if (from >= end) return
    this.#characters.fill(' ', from, end)
    this.#styles.fill(PLAIN, from, end)
  }

  #reset() {
    this.style = PLAIN
    this.#truncate(0)
    this.#column = 0
  }
}

/** Where an operating-system command or another string ends. If it has no end, no text is hidden. */
function endOfString(text: string, begin: number): number {
  STRING_END.lastIndex = begin
  const end = STRING_END.exec(text)
  if (!end) return begin
  if (end[0] === '\x07' || end[0] === '\x9c') return end.index + 1
  return text.startsWith('\x1b\\', end.index) ? end.index + 2 : begin
}

function cut(runs: readonly { text: string; style: TextStyle }[], more: number): Drawn {
  let [text, html] = ['', '']
  for (const run of runs) {
    text += run.text
    html += run.style.classes === '' ? escapeHtml(run.text) : `<span class="${run.style.classes}">${escapeHtml(run.text)}</span>`
  }
  return more > 0 ? { text, html: `${html}… (${more} more characters)` } : { text, html }
}
