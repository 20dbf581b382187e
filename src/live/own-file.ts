import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs'
import { open } from 'node:fs/promises'

/** A file that must not be read; the message says why, as a clause such as "it is a symbolic link". */
export class UnfitFile extends Error {}

export interface OwnFile {
  text: string
  /** Differs whenever the file was written or replaced. */
  version: string
}

interface Limits {
  mostBytes: number
  /** Refuse a file with a second name, which its writer could still change. */
  oneName?: boolean
  /** The version that the caller already has; that one is not read again. */
  known?: string | undefined
}

/**
 * Reads a file that somebody else may have put there: a regular file of this user, opened without following a link or
 * waiting for a pipe, and never more than `mostBytes` of it. Returns undefined when the file is still `known`. Throws UnfitFile,
 * and the system's error when the file cannot be opened or read.
 */
export async function readOwnFile(path: string | Buffer, { mostBytes, oneName = false, known }: Limits): Promise<OwnFile | undefined> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch((error) => {
    throw error.code === 'ELOOP' ? new UnfitFile('it is a symbolic link') : error
  })
  try {
    const facts = await file.stat()
    if (!facts.isFile()) throw new UnfitFile('it is not a regular file')
    if (oneName && facts.nlink !== 1) throw new UnfitFile('it has another name elsewhere')
    if (process.getuid && facts.uid !== process.getuid()) throw new UnfitFile('it belongs to another user')
    if (facts.size > mostBytes) throw new UnfitFile(`it is larger than ${mostBytes / 1024} KiB`)
    const version = versionOf(facts)
    if (version === known) return undefined
    // Never past the size that was looked at: the file can grow while it is read.
    const bytes = Buffer.allocUnsafe(facts.size)
    let length = 0
    for (let read = -1; read !== 0 && length < bytes.length; length += read) ({ bytesRead: read } = await file.read(bytes, length, bytes.length - length))
    return { text: bytes.toString('utf8', 0, length), version }
  } finally {
    await file.close()
  }
}

/**
 * Reads a file that the user named, before the server listens. A link is fine; a device, a pipe or a huge file would hang
 * the start. Throws UnfitFile, and the system's error.
 */
export function readNamedFile(path: string, mostBytes: number): string {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const facts = fstatSync(file)
    if (!facts.isFile()) throw new UnfitFile('it is not a regular file')
    if (facts.size > mostBytes) throw new UnfitFile(`it is larger than ${mostBytes / 1024} KiB`)
    return readFileSync(file, 'utf8')
  } finally {
    closeSync(file)
  }
}

const versionOf = ({ dev, ino, size, mtimeMs, ctimeMs }: Stats) => `${dev}.${ino}.${size}.${mtimeMs}.${ctimeMs}`
