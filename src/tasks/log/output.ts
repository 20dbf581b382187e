import { EventEmitter } from 'node:events'
import { join } from 'node:path'
import type { AttemptOutput, Outputs, Run, SentRuns } from '../../db/index.ts'
import { invalid, Problem } from '../../input/problem.ts'
import { type App, perApp } from '../../live/app.ts'
import { FileOutputs } from './file-outputs.ts'

const CHUNK_BYTES = 524_288

class Output {
  readonly #app: App
  readonly #outputs: Outputs
  readonly #grown = new EventEmitter().setMaxListeners(0)
  /** How often any attempt has printed or ended since the start. */
  news = 0

  constructor(app: App) {
    this.#app = app
    this.#outputs = app.database.outputs ?? new FileOutputs(join(app.config.data, 'logs'))
  }

  /** Ignores bytes that it has and returns the size. Throws invalid for a chunk that is too large, or past the end: bytes between were lost. */
  async append(task: string, attempt: number, chunk: Run): Promise<number> {
    const { size: before } = await this.log(task, attempt)
    if (chunk.bytes.length > CHUNK_BYTES) throw invalid(`A log chunk may have at most ${CHUNK_BYTES / 1024} KiB.`)
    if (chunk.offset > before + CHUNK_BYTES) {
      const how = { fields: { offset: 'Too far ahead.' }, extra: { size: before } }
      throw new Problem('invalid', `The log of ${task} ends at ${before}; send the next chunk at that offset.`, how)
    }
    const { size, hasGrown } = await this.#outputs.append(task, attempt, chunk)
    if (hasGrown) this.#tell(task, attempt, { size, ended: false })
    return size
  }

  async end(task: string, attempt: number) {
    const { size } = await this.log(task, attempt)
    this.#tell(task, attempt, { size, ended: true })
    this.#outputs.close(task, attempt)
  }

  async log(task: string, attempt: number): Promise<AttemptOutput> {
    return this.#outputs.open(task, attempt)
  }

  async source(task: string, attempt: number): Promise<string | SentRuns> {
    return this.#outputs.source(task, attempt)
  }

  remove(task: string): Promise<void> {
    return this.#outputs.remove(task)
  }

  kept(): AsyncIterable<{ id: string; bytes: number }> {
    return this.#outputs.kept()
  }

  /** Calls `heard` when the attempt prints or ends. Returns a function that unsubscribes. */
  onGrowth(task: string, attempt: number, heard: () => void): () => void {
    this.#grown.on(key(task, attempt), heard)
    return () => this.#grown.off(key(task, attempt), heard)
  }

  #tell(task: string, attempt: number, news: { size: number; ended: boolean }) {
    this.news++
    this.#app.hub.pulse(`task:${task}`, `${task}-log`, { attempt, ...news })
    this.#grown.emit(key(task, attempt))
  }
}

export const output = perApp((app) => new Output(app))

const key = (task: string, attempt: number) => `${task}/${attempt}`
