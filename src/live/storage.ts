import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Failure, failureOf } from '../db/index.ts'

/** How soon after space is back the trouble is over. */
export const PROBE_MS = 2_000
/** More than the reserve that a file system keeps in a block that is half used. */
const PROBE_BYTES = 65_536

export type StorageTrouble = Exclude<Failure, 'refused'>

/** Whether the data folder takes what is written to it. A request that fails is answered by itself; this is what a page says of it. */
export class Storage {
  readonly #file: string
  #trouble: StorageTrouble | undefined
  #isProbing = false

  constructor(folder: string) {
    this.#file = join(folder, '.probe')
  }

  /** Why a write failed lately, until a probe gets through. */
  get trouble(): StorageTrouble | undefined {
    return this.#trouble
  }

  /** Takes note of an error that may have come from the disk, and hands it on. */
  note<E>(error: E): E {
    const failure = failureOf(error)
    if (failure && failure !== 'refused') this.#trouble = failure
    return error
  }

  /** Ends the trouble once both the database and a file can be written. */
  async probe(write: () => Promise<unknown>) {
    if (!this.#trouble || this.#isProbing) return
    this.#isProbing = true
    try {
      await write()
      await writeFile(this.#file, Buffer.alloc(PROBE_BYTES), { mode: 0o600 })
      this.#trouble = undefined
    } catch (error) {
      this.note(error)
    } finally {
      await rm(this.#file, { force: true }).catch(() => {})
      this.#isProbing = false
    }
  }
}
