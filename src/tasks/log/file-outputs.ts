import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Outputs, Run } from '../../db/index.ts'
import { fileNameOf } from '../../input/file-name.ts'
import { AttemptLog } from './attempt-log.ts'

/** Files in the data folder, a folder for each task. */
export class FileOutputs implements Outputs {
  readonly #folder: string
  /** Those that grow: to open one reads its folder. */
  readonly #open = new Map<string, AttemptLog>()

  constructor(folder: string) {
    this.#folder = folder
  }

  open(task: string, attempt: number): AttemptLog {
    return this.#open.get(key(task, attempt)) ?? new AttemptLog(join(this.#folder, fileNameOf(task), String(attempt)))
  }

  append(task: string, attempt: number, run: Run) {
    const log = this.open(task, attempt)
    this.#open.set(key(task, attempt), log)
    const hasGrown = log.append(run)
    return { size: log.size, hasGrown }
  }

  close(task: string, attempt: number) {
    this.#open.delete(key(task, attempt))
  }

  async remove(task: string) {
    await rm(join(this.#folder, task), { recursive: true, force: true })
    for (const name of this.#open.keys()) if (name.startsWith(`${task}/`)) this.#open.delete(name)
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
