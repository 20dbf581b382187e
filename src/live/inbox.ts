import { type FSWatcher, watch } from 'node:fs'
import { mkdir, readdir, rename, rm, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { failureOf } from '../db/index.ts'
import { TELLTALE } from './actor.ts'
import { type App, perApp } from './app.ts'
import { append, foreign } from './foreign.ts'
import { parseJson, Unfit } from './json.ts'
import type { ForeignEvent } from './mutate.ts'
import { readOwnFile, UnfitFile } from './own-file.ts'
import { Problem } from './problem.ts'
import type { OwnPrograms } from './sender.ts'

/** A file that the watcher missed is seen this soon. */
const POLL_MS = 500
/** Files taken in one transaction. */
const BATCH = 200
const FILE_BYTES = 65_536
const REASON = '.reason'
/** The most that a name may have in a file system. */
const NAME_BYTES = 255
/** Failures of the machine, not of a file: it stays where it is, and is tried again. */
const PASSING = ['ENOSPC', 'EMFILE', 'ENFILE', 'EIO', 'EROFS']

/** A file that cannot be an event; it goes to `bad/` with the reason beside it. */
class Bad extends Error {}

interface Taken {
  name: string
  event: ForeignEvent
}

/**
 * `DATA/inbox`, by the rules of maildir: a writer puts a file into `tmp`, syncs it and renames it into `new`; what it
 * wrote while this server was down is there when it starts. Each file is one event, taken once: it is removed after
 * the COMMIT, and one that is found again after a crash is a duplicate in the log.
 */
class Inbox {
  readonly stats = { taken: 0, duplicates: 0, bad: 0, depth: 0 }
  /** Why nothing can be taken at the moment, in words. */
  trouble: string | undefined
  readonly #app: App
  readonly #folder: string
  #watcher: FSWatcher | undefined
  #timer: NodeJS.Timeout | undefined
  #draining: Promise<void> | undefined
  #again = false

  constructor(app: App) {
    this.#app = app
    this.#folder = join(app.config.data, 'inbox')
  }

  /** Takes what is there, then what comes. */
  async start() {
    for (const name of ['tmp', 'new', 'bad']) await mkdir(join(this.#folder, name), { recursive: true, mode: 0o700 })
    await this.drain()
    this.#timer = setInterval(() => void this.drain(), POLL_MS)
    try {
      this.#watcher = watch(join(this.#folder, 'new'), () => void this.drain()).on('error', () => this.#watcher?.close())
    } catch {
      // A machine that has no watches left is polled.
    }
  }

  async stop() {
    this.#watcher?.close()
    clearInterval(this.#timer)
    await this.#draining
  }

  /** Takes every file that is there now; a call while one is under way makes it look once more. */
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

  /**
   * Names begin with a ULID: their order is the order in which each source wrote them. One look at a folder that is
   * written to may show a file and not its predecessor; what the first look saw last, the second has all before it.
   */
  async #names(): Promise<string[]> {
    const last = (await readdir(join(this.#folder, 'new'), 'latin1')).sort().at(-1)
    if (last === undefined) return []
    return (await readdir(join(this.#folder, 'new'), 'latin1')).sort().filter((name) => name <= last)
  }

  async #take(names: readonly string[]) {
    const taken: Taken[] = []
    for (const name of names) {
      const event = await this.#judged(name, async () => foreign(await this.#read(name), this.#app.clock.now(), byName(textOf(name))))
      if (event) taken.push({ name, event })
    }
    await this.#append(taken)
  }

  /** One event that the log itself refuses must not hold up the others: then they go in one by one. */
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
      } else await this.#refuse((taken[0] as Taken).name, `the log does not take it: ${(error as Error).message}`)
      return
    }
    for (const { name } of taken) await unlink(this.#path('new', name))
  }

  /** The file's JSON. A link, a pipe or a giant is looked at no further than its kind and size. */
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

  /** Puts the reason beside the file; O_EXCL never writes through a link that somebody put there. */
  async #explain(name: string, reason: string) {
    const path = this.#path('bad', name.slice(0, NAME_BYTES - REASON.length) + REASON)
    await rm(path, { force: true })
    await writeFile(path, `${reason}\n`, { mode: 0o600, flag: 'wx' })
  }

  /** `name` is the bytes that the folder holds, a character each. */
  #path(folder: 'new' | 'bad', name: string): Buffer {
    return Buffer.concat([Buffer.from(join(this.#folder, folder, '/')), Buffer.from(name, 'latin1')])
  }

  /** Says once that it is in trouble, and not again until it was out of it. */
  #note(error: Error | undefined) {
    if (error && !this.trouble) this.#app.log.error('the inbox cannot be read; what is in it stays there', error)
    this.trouble = error?.message
  }
}

export const inbox = perApp((app) => new Inbox(app))

function isPassing(error: unknown): boolean {
  const failure = failureOf(error)
  return failure ? failure !== 'refused' : PASSING.includes(String((error as { code?: unknown } | null)?.code))
}

/** `<ulid>.<source>.json` says who wrote it and gives it an id that a crash does not change. */
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
