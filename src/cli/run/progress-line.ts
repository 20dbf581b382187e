import type { WriteStream } from 'node:tty'
import { progressWords } from '../../../public/js/words/progress.js'
import type { Progress } from '../../tasks/progress.ts'

const CELLS = 20
const ERASE = '\r\x1b[2K'

/** The progress of a task, as the last line of a terminal. It makes room for output, and shows nothing where there is no terminal. */
export class ProgressLine {
  readonly #terminal: Pick<WriteStream, 'isTTY' | 'columns' | 'write'>
  #progress: Progress | undefined
  #isDrawn = false
  /** Output that ends within a line keeps it. */
  #isFree = true

  constructor(terminal: Pick<WriteStream, 'isTTY' | 'columns' | 'write'> = process.stderr) {
    this.#terminal = terminal
  }

  show(progress: Progress) {
    this.#progress = progress
    this.#draw()
  }

  erase() {
    if (this.#isDrawn) this.#terminal.write(ERASE)
    this.#isDrawn = false
  }

  printed(output: Buffer) {
    if (output.length > 0) this.#isFree = output.at(-1) === 0x0a
    this.#draw()
  }

  end() {
    this.erase()
    this.#progress = undefined
  }

  #draw() {
    if (!this.#terminal.isTTY || !this.#isFree || !this.#progress) return
    this.#terminal.write(ERASE + lineOf(this.#progress).slice(0, this.#terminal.columns - 1))
    this.#isDrawn = true
  }
}

function lineOf(progress: Progress): string {
  const words = progressWords(progress)
  if (!progress.total) return words
  const full = Math.floor((progress.done / progress.total) * CELLS)
  return `[${'#'.repeat(full)}${'-'.repeat(CELLS - full)}] ${words}`
}
