import { constants, type FSWatcher, watch } from 'node:fs'
import { mkdir, open, readdir, rename, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TELLTALE } from './actor.ts'
import { type App, perApp } from './app.ts'
import { append, foreign } from './foreign.ts'
import type { ForeignEvent } from './mutate.ts'
import { Problem } from './problem.ts'

/** A file that was missed by the watcher is seen this soon. */
const POLL_MS = 500
const BATCH = 200
const FILE_BYTES = 65_536

/** A file that cannot be an event; it goes to `bad/` with the reason beside it. */
class Bad extends Error {}

/**
 * `DATA/inbox`, by the rules of maildir: a writer puts a file in `tmp`, syncs it and renames it into `new`; what it
 * wrote while this server was down is there when it starts. Each file is one event, taken once: it is removed after
 * the COMMIT, and one that is found again after a crash is a duplicate in the log.
 */
class Inbox {
  readonly stats = { taken: 0, duplicates: 0, bad: 0, depth: 0 }
  readonly #app: App
  readonly #folder: string
  #watcher: FSWatcher | undefined
  #timer: NodeJS.Timeout | undefined
  #draining: Promise<void> | undefined

  constructor(app: App) {
    this.#app = app
    this.#folder = join(app.config.data, 'inbox')
  }

  /** Takes what is there, then what comes. */
  async start() {
    for (const name of ['tmp', 'new', 'bad']) await mkdir(join(this.#folder, name), { recursive: true, mode: 0o700 })
    await this.drain()
    this.#watcher = watch(join(this.#folder, 'new'), () => void this.drain())
    this.#timer = setInterval(() => void this.drain(), POLL_MS)
  }

  async stop() {
    this.#watcher?.close()
    clearInterval(this.#timer)
    await this.#draining
  }

  /** Takes every file that is there now; a second call while one is under way is the same one. */
  drain(): Promise<void> {
    this.#draining ??= this.#takeAll()
      .catch((error) => this.#app.log.error('the inbox could not be read', error))
      .finally(() => {
        this.#draining = undefined
      })
    return this.#draining
  }

  async #takeAll() {
    for (;;) {
      // Names begin with a ULID: their order is the order in which each source wrote them.
      const names = (await readdir(join(this.#folder, 'new'))).sort()
      this.stats.depth = names.length
      if (names.length === 0) return
      for (let i = 0; i < names.length; i += BATCH) await this.#take(names.slice(i, i + BATCH))
    }
  }

  async #take(names: readonly string[]) {
    const good: { name: string; event: ForeignEvent }[] = []
    for (const name of names) {
      try {
        good.push({ name, event: foreign(await this.#read(name), this.#app.clock.now()) })
      } catch (error) {
        if (!(error instanceof Bad || error instanceof Problem)) throw error
        await this.#refuse(name, error.message)
      }
    }
    const { value } = await append(
      this.#app,
      { actor: TELLTALE },
      good.map(({ event }) => event),
    )
    this.stats.duplicates += value.filter(({ duplicate }) => duplicate).length
    this.stats.taken += value.filter(({ duplicate }) => !duplicate).length
    for (const { name } of good) await unlink(join(this.#folder, 'new', name))
  }

  /** The file's JSON. A link, a pipe or a giant is looked at no further than its kind and size. */
  async #read(name: string): Promise<unknown> {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
    const file = await open(join(this.#folder, 'new', name), flags).catch((error) => {
      throw new Bad(error.code === 'ELOOP' ? 'it is a symbolic link' : `it cannot be opened: ${error.code}`)
    })
    try {
      const facts = await file.stat()
      if (!facts.isFile()) throw new Bad('it is not a regular file')
      if (facts.nlink !== 1) throw new Bad('it has another name elsewhere')
      if (facts.uid !== process.getuid?.()) throw new Bad('it belongs to another user')
      if (facts.size > FILE_BYTES) throw new Bad(`it is larger than ${FILE_BYTES / 1024} KiB`)
      return fromJson(await file.readFile('utf8'))
    } finally {
      await file.close()
    }
  }

  async #refuse(name: string, reason: string) {
    this.stats.bad++
    await rename(join(this.#folder, 'new', name), join(this.#folder, 'bad', name))
    await writeFile(join(this.#folder, 'bad', `${name}.reason`), `${reason}\n`, { mode: 0o600 })
    this.#app.log.info(`the inbox file ${JSON.stringify(name)} is not an event: ${reason}`)
  }
}

export const inbox = perApp((app) => new Inbox(app))

/** A `bus.event` envelope is opened: what is stored is the event inside. */
function fromJson(text: string): unknown {
  let event: unknown
  try {
    event = JSON.parse(text)
  } catch {
    throw new Bad('it is not JSON, or was cut off')
  }
  const { kind, payload, ...rest } = (event ?? {}) as { kind?: unknown; payload?: { kind?: unknown; payload?: unknown } }
  return kind === 'bus.event' && payload?.kind !== undefined ? { ...rest, kind: payload.kind, payload: payload.payload ?? {} } : event
}
