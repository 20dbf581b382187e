import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { access, mkdir, open, readdir, rename, rm, unlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** The server's limit for a file in its inbox. */
export const FILE_BYTES = 65_536
/** Crockford's base 32, which sorts in numeric order. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const ULID = /^[0-9A-HJKMNP-TV-Z]{26}\./

export class Unfit extends Error {}

/** A maildir of events: each is written to `tmp`, synced and renamed into `new`, so files in `new` are whole and sort by age. */
export class Spool {
  #folder
  #suffix
  #newest = ''

  constructor(folder, source) {
    this.#folder = folder
    this.#suffix = `.${source.replace(/[^\w-]/g, '_').slice(0, 100)}.json`
  }

  /** Oldest first. A listing may show a file but not its predecessor (seen on ext4); a second one has all before the first's last. */
  async names() {
    const last = (await this.#list()).at(-1)
    return last === undefined ? [] : (await this.#list()).filter((name) => name <= last)
  }

  /** Whether any process has stored an event of this source; later ones must not overtake it. */
  async holds() {
    if (this.#newest && (await this.#isThere(this.#newest))) return true
    const ours = (await this.#list()).filter((name) => ULID.test(name) && name.endsWith(this.#suffix))
    this.#newest = ours.at(-1) ?? ''
    return this.#newest !== ''
  }

  /** Stores the events in order and returns their paths; they survive a power cut. */
  async put(texts) {
    for (const folder of ['tmp', 'new']) await this.#make(folder)
    const names = texts.map(() => {
      this.#newest = ulid(this.#newest) + this.#suffix
      return this.#newest
    })
    await Promise.all(texts.map((text, i) => this.#write(names[i], text)))
    for (const name of names) await rename(this.#path('tmp', name), this.#path('new', name))
    await sync(this.#path('new'))
    return names.map((name) => this.#path('new', name))
  }

  async read(name) {
    const file = await open(this.#path('new', name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch((error) => {
      throw error.code === 'ELOOP' ? new Unfit('it is a symbolic link') : error
    })
    try {
      const facts = await file.stat()
      if (!facts.isFile() || facts.size > FILE_BYTES) throw new Unfit(`it is not a regular file of at most ${FILE_BYTES / 1024} KiB`)
      return await file.readFile('utf8')
    } finally {
      await file.close()
    }
  }

  /** Another process may have removed it already. */
  async remove(name) {
    await unlink(this.#path('new', name)).catch(whenMissing(undefined))
  }

  async refuse(name, reason) {
    await this.#make('bad')
    const beside = this.#path('bad', `${name}.reason`)
    await rm(beside, { force: true })
    await writeFile(beside, `${reason}\n`, { mode: 0o600, flag: 'wx' }) // `wx` never writes through a link
    await rename(this.#path('new', name), this.#path('bad', name)).catch(whenMissing(undefined))
  }

  async #write(name, text) {
    const file = await open(this.#path('tmp', name), 'wx', 0o600)
    try {
      await file.writeFile(`${text}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
  }

  /** A new folder is durable once its parent is synced. */
  async #make(name) {
    const made = await mkdir(this.#path(name), { recursive: true, mode: 0o700 })
    if (!made) return
    await sync(dirname(made))
    await sync(this.#folder)
  }

  async #list() {
    const names = await readdir(this.#path('new')).catch(whenMissing([]))
    return names.sort()
  }

  #isThere(name) {
    return access(this.#path('new', name)).then(() => true, whenMissing(false))
  }

  #path(...names) {
    return join(this.#folder, ...names)
  }
}

let last = 0n

/** A ULID, greater than any other of this process and than the prefix of `after`, even if the clock was set back. */
export function ulid(after = '') {
  const fresh = (BigInt(Date.now()) << 80n) | BigInt(`0x${randomBytes(10).toString('hex')}`)
  let least = 0n
  for (const digit of after.slice(0, 26)) least = least * 32n + BigInt(DIGITS.indexOf(digit))
  if (least < last) least = last
  last = fresh > least ? fresh : least + 1n
  return [...last.toString(32).padStart(26, '0')].map((digit) => DIGITS[Number.parseInt(digit, 32)]).join('')
}

async function sync(folder) {
  const file = await open(folder)
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

const whenMissing = (instead) => (error) => {
  if (error.code !== 'ENOENT') throw error
  return instead
}
