import type { Run, SentRuns } from '../../db/index.ts'

/** Output that was sent to this thread. */
export class SentOutput {
  readonly firstLine: number
  readonly #runs: Run[]

  constructor({ firstLine, runs }: SentRuns) {
    this.firstLine = firstLine
    // A buffer arrives as a plain array of bytes.
    this.#runs = runs.map((run) => ({ ...run, bytes: Buffer.from(run.bytes.buffer, run.bytes.byteOffset, run.bytes.length) }))
  }

  get start(): number {
    return this.#runs[0]?.offset ?? 0
  }

  /** All whole runs from `from` on. */
  read(from: number): Run[] {
    return this.#runs.filter(({ offset }) => offset >= from)
  }
}
