import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Outputs, Run } from '../../db/index.ts'
import { fileNameOf } from '../../input/file-name.ts'
import { AttemptLog } from './attempt-log.ts'

const MOST_OPEN = 16

/** Files in the data folder, a folder for each task. */
export class FileOutputs implements Outputs {
  readonly #folder: string
  /** Those that grow or were read last: opening one reads its folder, and counting its lines all of it. */
  readonly #open = new Map<string, AttemptLog>()
  readonly #growing = new Set<string>()

  constructor(folder: string) {
    this.#folder = folder
  }

  open(task: string, attempt: number): AttemptLog {
    const name = key(task, attempt)
    const log = this.#open.get(name) ?? new AttemptLog(this.source(task, attempt))
    this.#open.delete(name)
    // An attempt without output yet is no use to later readers.
    if (log.size > 0 || this.#growing.has(name)) this.#open.set(name, log)
    for (const oldest of this.#open.keys()) {
      if (this.#open.size <= MOST_OPEN + this.#growing.size) break
      if (!this.#growing.has(oldest)) this.#open.delete(oldest)
    }
    return log
  }

  source(task: string, attempt: number): string {
    return join(this.#folder, fileNameOf(task), String(attempt))
  }

  append(task: string, attempt: number, run: Run) {
    this.#growing.add(key(task, attempt))
    const log = this.open(task, attempt)
    const hasGrown = log.append(run)
    return { size: log.size, hasGrown }
  }

  close(task: string, attempt: number) {
    this.#growing.delete(key(task, attempt))
  }

  async remove(task: string) {
    await rm(join(this.#folder, task), { recursive: true, force: true })
    for (const names of [this.#open, this.#growing]) for (const name of names.keys()) if (name.startsWith(`${task}/`)) names.delete(name)
  }

  async *kept() {
    const names = await readdir(this.#folder).catch(() => [])
    for (const id of names) if (/^t_\d+$/.test(id)) yield { id, bytes: await sizeOf(join(this.#folder, id)) }
  }
}

const key = (task: string, attempt: number) => `${task}/${attempt}`

async function sizeOf(path: string): Promise<number> {
  let bytes = 0
  for (const name of await readdir(path, { recursive: true }).catch(() => []))
    bytes += await stat(join(path, name)).then(
      ({ size }) => size,
      () => 0,
    )
  return bytes
}
