import type { Writable } from 'node:stream'

/** A stalled reader must not fill the memory: beyond this, lines are dropped and counted. */
const MOST_BUFFERED = 1_048_576

/** The server's own log, a line at a time. A line that cannot be written is counted, and never ends the process. */
export class LogStream {
  /** Lines that were not written: the reader is gone, the disk is full, or too much is buffered. */
  lost = 0
  readonly #stream: Writable

  constructor(stream: Writable) {
    this.#stream = stream
  }

  write(line: string) {
    if (this.#stream.writableLength > MOST_BUFFERED) return void this.lost++
    this.#stream.write(`${line}\n`, (error) => {
      if (error) this.lost++
    })
  }
}

/** Stderr, for the whole process. */
export const stderr = new LogStream(process.stderr)
