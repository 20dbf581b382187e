import { type FSWatcher, watch } from 'node:fs'
import { mkdir, readdir, rename, rm, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { failureOf } from '../db/index.ts'
import { parseJson, Unfit } from '../input/json.ts'
import { readOwnFile, UnfitFile } from '../input/own-file.ts'
import { Problem } from '../input/problem.ts'
import { type App, perApp } from '../live/app.ts'
import { TELLTALE } from '../log/actor.ts'
import { append, foreign } from '../log/foreign.ts'
import type { ForeignEvent } from '../log/mutate.ts'
import type { OwnPrograms } from '../log/sender.ts'
import { every } from '../time/every.ts'

const POLL_MS = 500
const BATCH = 200
const FILE_BYTES = 65_536
const REASON = '.reason'
const NAME_BYTES = 255
const PASSING = ['ENOSPC', 'EMFILE', 'ENFILE', 'EIO', 'EROFS']

class Bad extends Error {}

interface Taken {
  name: string
  event: ForeignEvent
}

/** A maildir: writers sync a file in `tmp` and rename it into `new`. Each is one event, removed after the COMMIT and recognised if a crash repeats it. */
class Inbox {
  readonly stats = { taken: 0, duplicates: 0, bad: 0, depth: 0 }
  trouble: string | undefined
  readonly #app: App
  readonly #folder: string
  #watcher: FSWatcher | undefined
  #stopPolling = async () => {}
  #draining: Promise<void> | undefined
  #again = false

  constructor(app: App) {
    this.#app = app
    this.#folder = join(app.config.data, 'inbox')
  }

  async start() {
    for (const name of ['tmp', 'new', 'bad']) await mkdir(join(this.#folder, name), { recursive: true, mode: 0o700 })
    await this.drain()
    this.#stopPolling = every(
      POLL_MS,
      () => this.drain(),
      (error) => this.#note(error as Error),
    )
    try {
      this.#watcher = watch(join(this.#folder, 'new'), () => void this.drain()).on('error', () => this.#watcher?.close())
    } catch {
      // Without free watches, only the polling remains.
    }
  }

  async stop() {
    this.#watcher?.close()
    await this.#stopPolling()
    await this.#draining
  }

  drain(): Promise<void> {
    this.#again = true
    this.#draining ??= this.#takeAll()
      .then(() => this.#note(undefined))
      .catch((error) => this.#note(error))
      .finally(() => {
        this.#draining = undefined
      })
    return this.#draining
  }

  async #takeAll() {
    while (this.#again) {
      this.#again = false
      const names = await this.#names()
      this.stats.depth = names.length
      for (let i = 0; i < names.length; i += BATCH) {
        await this.#take(names.slice(i, i + BATCH))
        this.stats.depth = Math.max(0, names.length - i - BATCH)
      }
    }
  }

  /** Names sort in writing order. A listing may show a file but not its predecessor; a second one has all before the first's last. */
  async #names(): Promise<string[]> {
    const last = (await readdir(join(this.#folder, 'new'), 'latin1')).sort().at(-1)
    if (last === undefined) return []
    return (await readdir(join(this.#folder, 'new'), 'latin1')).sort().filter((name) => name <= last)
  }

  async #take(names: readonly string[]) {
    const taken: Taken[] = []
    for (const name of names) {
      const event = await this.#judged(name, async () =>
        foreign(await this.#read(name), { now: this.#app.clock.now(), sender: byName(textOf(name)), kinds: this.#app.kinds }),
      )
      if (event) taken.push({ name, event })
    }
    await this.#append(taken)
  }

  /** If the log refuses one event, they are appended one by one, so that it does not block the others. */
  async #append(taken: readonly Taken[]) {
    if (taken.length === 0) return
    const events = taken.map(({ event }) => event)
    try {
      const { value } = await append(this.#app, { actor: TELLTALE }, events)
      const duplicates = value.filter(({ duplicate }) => duplicate).length
      this.stats.duplicates += duplicates
      this.stats.taken += taken.length - duplicates
    } catch (error) {
      if (isPassing(error)) throw error
      if (taken.length > 1) {
        for (const one of taken) await this.#append([one])
      } else await this.#refuse((taken[0] as Taken).name, `the log refuses it: ${(error as Error).message}`)
      return
    }
    for (const { name } of taken) await unlink(this.#path('new', name))
  }

  async #read(name: string): Promise<unknown> {
    if (!name.endsWith('.json')) throw new Bad('its name does not end in .json')
    const read = await readOwnFile(this.#path('new', name), { mostBytes: FILE_BYTES, oneName: true }).catch((error) => {
      if (isPassing(error)) throw error
      throw new Bad(error instanceof UnfitFile ? error.message : `it cannot be opened: ${error.code}`)
    })
    return fromJson(read?.text ?? '')
  }

  async #judged<T>(name: string, judge: () => Promise<T>): Promise<T | undefined> {
    try {
      return await judge()
    } catch (error) {
      if (!(error instanceof Bad || error instanceof Problem)) throw error
      await this.#refuse(name, error.message)
      return undefined
    }
  }

  async #refuse(name: string, reason: string) {
    this.stats.bad++
    await rename(this.#path('new', name), this.#path('bad', name))
    this.#app.log.info(`the inbox file ${JSON.stringify(textOf(name))} is not an event: ${reason}`)
    await this.#explain(name, reason).catch((error) => this.#app.log.error('the reason is in this log only', error))
  }

  /** O_EXCL never writes through a link that someone put there. */
  async #explain(name: string, reason: string) {
    const path = this.#path('bad', name.slice(0, NAME_BYTES - REASON.length) + REASON)
    await rm(path, { force: true })
    await writeFile(path, `${reason}\n`, { mode: 0o600, flag: 'wx' })
  }

  #path(folder: 'new' | 'bad', name: string): Buffer {
    return Buffer.concat([Buffer.from(join(this.#folder, folder, '/')), Buffer.from(name, 'latin1')])
  }

  #note(error: Error | undefined) {
    if (error && !this.trouble) this.#app.log.error('the inbox cannot be read; its files stay there', error)
    this.trouble = error?.message
  }
}

export const inbox = perApp((app) => new Inbox(app))

function isPassing(error: unknown): boolean {
  const failure = failureOf(error)
  return failure ? failure !== 'refused' : PASSING.includes(String((error as { code?: unknown } | null)?.code))
}

/** `<ulid>.<source>.json` gives the event its source, and an id that survives a crash. */
function byName(name: string): OwnPrograms {
  const [ulid = name, ...source] = name.replace(/\.json$/, '').split('.')
  return { name: source.join('.') || 'inbox', source_id: ulid }
}

const textOf = (name: string) => Buffer.from(name, 'latin1').toString()

function fromJson(text: string): unknown {
  try {
    return parseJson(text)
  } catch (error) {
    throw new Bad(error instanceof Unfit ? error.message : 'it is not JSON, or was cut off')
  }
}
