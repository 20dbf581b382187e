import { EventEmitter } from 'node:events'
import { join } from 'node:path'
import { type App, perApp } from '../live/app.ts'
import { fileNameOf } from '../live/file-name.ts'
import { invalid, Problem } from '../live/problem.ts'
import { AttemptLog } from './attempt-log.ts'
import type { Stream } from './segment.ts'

/** The largest chunk that a worker may send. */
const CHUNK_BYTES = 524_288

/** The logs of all attempts, and who waits for more of one. */
export class Output {
  readonly #app: App
  readonly #logs = new Map<string, AttemptLog>()
  readonly #grown = new EventEmitter().setMaxListeners(0)

  constructor(app: App) {
    this.#app = app
  }

  /**
   * Appends at `offset`; bytes that are there already are ignored. Returns the size. Throws invalid for a chunk that is
   * too large, and with the `size` for one more than a chunk ahead: a sender waits for each response, so the rest was lost here.
   */
  append(task: string, attempt: number, chunk: { offset: number; stream: Stream; bytes: Buffer }): number {
    const log = this.log(task, attempt)
    const { size } = log
    if (chunk.bytes.length > CHUNK_BYTES) throw invalid(`A chunk of a log holds at most ${CHUNK_BYTES / 1024} KiB.`)
    if (chunk.offset > size + CHUNK_BYTES) {
      const how = { fields: { offset: 'Too far ahead.' }, extra: { size } }
      throw new Problem('invalid', `The log of ${task} ends at ${size}; send the next chunk at that offset.`, how)
    }
    this.#logs.set(key(task, attempt), log)
    if (log.append(chunk)) this.#tell(task, attempt)
    return log.size
  }

  /** The attempt is over: no more will come. */
  end(task: string, attempt: number) {
    this.#tell(task, attempt, true)
    this.#logs.delete(key(task, attempt))
  }

  /** Drops what is known of a task whose files were removed. */
  forget(task: string) {
    for (const name of this.#logs.keys()) if (name.startsWith(`${task}/`)) this.#logs.delete(name)
  }

  /** The log of one attempt: the one that is being written, or a look at what is on disk. */
  log(task: string, attempt: number): AttemptLog {
    return this.#logs.get(key(task, attempt)) ?? new AttemptLog(join(this.#app.config.data, 'logs', fileNameOf(task), String(attempt)))
  }

  /** Calls `heard` each time the attempt printed or ended. The answer stops it. */
  onGrowth(task: string, attempt: number, heard: () => void): () => void {
    this.#grown.on(key(task, attempt), heard)
    return () => this.#grown.off(key(task, attempt), heard)
  }

  #tell(task: string, attempt: number, ended = false) {
    this.#app.hub.pulse(task, `${task}-log`, { attempt, size: this.log(task, attempt).size, ended })
    this.#grown.emit(key(task, attempt))
  }
}

export const output = perApp((app) => new Output(app))

const key = (task: string, attempt: number) => `${task}/${attempt}`
