import { EventEmitter } from 'node:events'
import { join } from 'node:path'
import { fileNameOf } from '../../input/file-name.ts'
import { invalid, Problem } from '../../input/problem.ts'
import { type App, perApp } from '../../live/app.ts'
import { AttemptLog } from './attempt-log.ts'
import type { Stream } from './segment.ts'

const CHUNK_BYTES = 524_288

class Output {
  readonly #app: App
  readonly #logs = new Map<string, AttemptLog>()
  readonly #grown = new EventEmitter().setMaxListeners(0)

  constructor(app: App) {
    this.#app = app
  }

  /** Ignores bytes that it has and returns the size. Throws invalid for a chunk that is too large, or past the end: bytes between were lost. */
  append(task: string, attempt: number, chunk: { offset: number; stream: Stream; bytes: Buffer }): number {
    const log = this.log(task, attempt)
    const { size } = log
    if (chunk.bytes.length > CHUNK_BYTES) throw invalid(`A log chunk may have at most ${CHUNK_BYTES / 1024} KiB.`)
    if (chunk.offset > size + CHUNK_BYTES) {
      const how = { fields: { offset: 'Too far ahead.' }, extra: { size } }
      throw new Problem('invalid', `The log of ${task} ends at ${size}; send the next chunk at that offset.`, how)
    }
    this.#logs.set(key(task, attempt), log)
    if (log.append(chunk)) this.#tell(task, attempt)
    return log.size
  }

  end(task: string, attempt: number) {
    this.#tell(task, attempt, true)
    this.#logs.delete(key(task, attempt))
  }

  forget(task: string) {
    for (const name of this.#logs.keys()) if (name.startsWith(`${task}/`)) this.#logs.delete(name)
  }

  log(task: string, attempt: number): AttemptLog {
    return this.#logs.get(key(task, attempt)) ?? new AttemptLog(join(this.#app.config.data, 'logs', fileNameOf(task), String(attempt)))
  }

  /** Calls `heard` when the attempt prints or ends. Returns a function that unsubscribes. */
  onGrowth(task: string, attempt: number, heard: () => void): () => void {
    this.#grown.on(key(task, attempt), heard)
    return () => this.#grown.off(key(task, attempt), heard)
  }

  #tell(task: string, attempt: number, ended = false) {
    this.#app.hub.pulse(`task:${task}`, `${task}-log`, { attempt, size: this.log(task, attempt).size, ended })
    this.#grown.emit(key(task, attempt))
  }
}

export const output = perApp((app) => new Output(app))

const key = (task: string, attempt: number) => `${task}/${attempt}`
