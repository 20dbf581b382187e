import { EventEmitter } from 'node:events'
import { join } from 'node:path'
import { type App, perApp } from '../live/app.ts'
import { AttemptLog, type Stream } from './attempt-log.ts'

/** The logs of all attempts, and who waits for more of one. */
export class Output {
  readonly #app: App
  readonly #logs = new Map<string, AttemptLog>()
  readonly #grown = new EventEmitter().setMaxListeners(0)

  constructor(app: App) {
    this.#app = app
  }

  /** Appends at `offset`: what is there already is ignored, a hole is told. Answers the size. */
  append(task: string, attempt: number, chunk: { offset: number; stream: Stream; bytes: Buffer }): number {
    const log = this.log(task, attempt)
    this.#logs.set(key(task, attempt), log)
    if (log.append(chunk)) this.#tell(task, attempt)
    return log.size
  }

  /** The attempt is over: no more will come. */
  end(task: string, attempt: number) {
    this.#tell(task, attempt, true)
    this.#logs.delete(key(task, attempt))
  }

  /** The log of one attempt: the one that is being written, or a look at what is on disk. */
  log(task: string, attempt: number): AttemptLog {
    return this.#logs.get(key(task, attempt)) ?? new AttemptLog(join(this.#app.config.data, 'logs', task, String(attempt)))
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
