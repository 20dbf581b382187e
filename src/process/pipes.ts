import { execFile } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'

export interface Pipe {
  read: Readable
  write: number
  /** Call this once the child has the descriptor, or the reader never sees the end. */
  closeWriter(): void
}

/** Node gives its children socket pairs, which cannot be opened by path: `echo x > /dev/stdout` would fail. */
export async function pipes(name: string): Promise<[Pipe, Pipe]> {
  const folder = await mkdtemp(join(tmpdir(), `${name}-`))
  try {
    const paths = [join(folder, 'stdout'), join(folder, 'stderr')] as const
    await promisify(execFile)('mkfifo', ['-m', '600', ...paths])
    const first = open(paths[0])
    try {
      return [first, open(paths[1])]
    } catch (error) {
      first.closeWriter()
      first.read.destroy()
      throw error
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Opens the reading end first, which otherwise would see the end at once. */
function open(path: string): Pipe {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const write = openSync(path, constants.O_WRONLY)
  return { read: new Socket({ fd, readable: true, writable: false }), write, closeWriter: () => closeSync(write) }
}
