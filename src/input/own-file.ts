import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs'
import { open } from 'node:fs/promises'

export class UnfitFile extends Error {}

interface OwnFile {
  text: string
  version: string
}

interface Limits {
  mostBytes: number
  /** Refuse a file with a second hard link, through which its writer could still change it. */
  oneName?: boolean
  known?: string | undefined
}

/** Reads a regular file of this user, without following links. Undefined if it is still `known`. Throws UnfitFile, and system errors. */
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
    const bytes = Buffer.allocUnsafe(facts.size)
    let length = 0
    for (let read = -1; read !== 0 && length < bytes.length; length += read) ({ bytesRead: read } = await file.read(bytes, length, bytes.length - length))
    return { text: bytes.toString('utf8', 0, length), version }
  } finally {
    await file.close()
  }
}

/** Reads a file that the user named. A device, a pipe or a huge file would hang the start. Throws UnfitFile, and system errors. */
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
