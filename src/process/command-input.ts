import type { Writable } from 'node:stream'
import type { Told } from './terminal.ts'

export interface Size {
  cols: number
  rows: number
}

/** The end-of-file character of a terminal, by which a pipe's input ends too. */
const END_OF_FILE = 0x04

/** The standard input of a running command. */
export class CommandInput {
  readonly #pipe: Writable
  readonly #isTerminal: boolean
  size: Size | undefined

  constructor(pipe: Writable, { isTerminal }: { isTerminal: boolean }) {
    this.#pipe = pipe
    this.#isTerminal = isTerminal
  }

  /** False if its end was written, or the command is over. */
  write(bytes: Buffer): boolean {
    if (!this.#pipe.writable) return false
    if (this.#isTerminal) this.#tell({ data: bytes.toString('base64') })
    else if (bytes.length === 1 && bytes[0] === END_OF_FILE) this.#pipe.end()
    else this.#pipe.write(bytes)
    return true
  }

  /** Only a terminal has a size. */
  resize(size: Size) {
    if (!this.#isTerminal || !this.#pipe.writable) return
    this.size = size
    this.#tell(size)
  }

  #tell(told: Told) {
    this.#pipe.write(`${JSON.stringify(told)}\n`)
  }
}
