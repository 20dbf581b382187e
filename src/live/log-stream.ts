import type { Writable } from 'node:stream'

/** Beyond this, lines are dropped and counted, so that a stalled reader cannot fill the memory. */
const MOST_BUFFERED = 1_048_576

/** The server's own log. A line that cannot be written is counted, and never ends the process. */
export class LogStream {
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

export const stderr = new LogStream(process.stderr)
