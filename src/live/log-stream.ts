import type { Writable } from 'node:stream'

/** A reader of the log that stalls must not fill the memory: lines beyond this are dropped and counted. */
const MOST_BUFFERED = 1_048_576

/** The server's own log, a line at a time. A line that cannot be written is counted, and never ends the process. */
export class LogStream {
  /** Lines that nobody can read: the reader went away, the disk was full, or too much was waiting already. */
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
