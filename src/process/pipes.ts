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
  /** The descriptor that a child inherits. */
  write: number
  /** Call it once the child has the descriptor, so that the reader sees the end when the child closes it. */
  closeWriter(): void
}

/**
 * Two real pipes, whose paths begin with `name` and are gone again. Node itself hands socket pairs to its children, and
 * a socket cannot be opened by its path: `echo x > /dev/stdout` fails there.
 */
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

/** The reading end first, without waiting for a writer; then the writing end, so that the reader doesn't see the end at once. */
function open(path: string): Pipe {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const write = openSync(path, constants.O_WRONLY)
  return { read: new Socket({ fd, readable: true, writable: false }), write, closeWriter: () => closeSync(write) }
}
