import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { access, mkdir, open, readdir, rename, rm, unlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** The server's limit for a file of its inbox. */
export const FILE_BYTES = 65_536
/** Crockford's base 32, which sorts as its numbers do. */
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const ULID = /^[0-9A-HJKMNP-TV-Z]{26}\./

/** A file that is not an event. */
export class Unfit extends Error {}

/**
 * A folder of events that wait, one file each, by the rules of maildir: written to `tmp`, synced, renamed into `new`.
 * So a file in `new` is whole, whenever its writer was killed, and their names sort in the order in which they were put.
 */
export class Spool {
  #folder
  #suffix
  /** Of this source, the newest name that was seen waiting. */
  #newest = ''

  /** @param {string} folder @param {string} source */
  constructor(folder, source) {
    this.#folder = folder
    this.#suffix = `.${source.replace(/[^\w-]/g, '_').slice(0, 100)}.json`
  }

  /**
   * The names of all that wait, oldest first. A folder that is listed while files come may show a later one without an
   * earlier one (seen on ext4): a second listing has all that came before the last of the first.
   */
  async names() {
    const last = (await this.#list()).at(-1)
    return last === undefined ? [] : (await this.#list()).filter((name) => name <= last)
  }

  /** Whether an event of this source waits, put here by whichever process: what comes later must not overtake it. */
  async holds() {
    if (this.#newest && (await this.#isThere(this.#newest))) return true
    const ours = (await this.#list()).filter((name) => ULID.test(name) && name.endsWith(this.#suffix))
    this.#newest = ours.at(-1) ?? ''
    return this.#newest !== ''
  }

  /** Keeps the events in this order and answers the paths of their files, which then survive a power cut.
   * @param {string[]} texts JSON */
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

  /** The text of an event that waits. Throws Unfit for a link, a pipe or a huge file, which no spool writes. @param {string} name */
  async read(name) {
    const file = await open(this.#path('new', name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch((error) => {
      throw error.code === 'ELOOP' ? new Unfit('it is a symbolic link') : error
    })
    try {
      const facts = await file.stat()
      if (!facts.isFile() || facts.size > FILE_BYTES) throw new Unfit(`it is no regular file of at most ${FILE_BYTES / 1024} KiB`)
      return await file.readFile('utf8')
    } finally {
      await file.close()
    }
  }

  /** Forgets an event; another process may have done so before. @param {string} name */
  async remove(name) {
    await unlink(this.#path('new', name)).catch(whenMissing(undefined))
  }

  /** Puts an event aside that will never be taken, with the reason beside it. @param {string} name @param {string} reason */
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

  /** A folder is durable when the one that it stands in was synced. */
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

/**
 * A ULID: the time in ms, then chance. Each is greater than those before it in this process, and than the one that
 * `after` begins with, also when the clock was set back.
 */
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
