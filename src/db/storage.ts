import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Failure, failureOf } from './index.ts'

export const PROBE_MS = 2_000
const PROBE_BYTES = 65_536

export type StorageTrouble = Exclude<Failure, 'refused'>

/** Whether the data folder can be written, for display; a failed request reports its own error. */
export class Storage {
  readonly #file: string
  #trouble: StorageTrouble | undefined

  constructor(folder: string) {
    this.#file = join(folder, '.probe')
  }

  get trouble(): StorageTrouble | undefined {
    return this.#trouble
  }

  note<E>(error: E): E {
    const failure = failureOf(error)
    if (failure && failure !== 'refused') this.#trouble = failure
    return error
  }

  /** Ends the trouble once both the database and a file can be written. */
  async probe(write: () => Promise<unknown>) {
    if (!this.#trouble) return
    try {
      await write()
      await writeFile(this.#file, Buffer.alloc(PROBE_BYTES), { mode: 0o600 })
      this.#trouble = undefined
    } catch (error) {
      this.note(error)
    } finally {
      await rm(this.#file, { force: true }).catch(() => {})
    }
  }
}
