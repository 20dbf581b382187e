import { execFile } from 'node:child_process'
import { closeSync, constants, openSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { promisify } from 'node:util'

export interface Pipe {
  read: Readable
  write: number
  /** Call this once the child has the descriptor, or the reader never sees the end. */
  closeWriter(): void
}

/** A command's standard input. */
export interface Inlet {
  read: number
  write: Writable
  /** Call this once the child has the descriptor, or a write that nobody reads never fails. */
  closeReader(): void
}

export interface Pipes {
  out: readonly Pipe[]
  in: Inlet | undefined
}

/** Node gives its children socket pairs, which cannot be opened by path: `echo x > /dev/stdout` would fail. */
export async function pipes(name: string, { hasInput }: { hasInput: boolean }): Promise<Pipes> {
  const folder = await mkdtemp(join(tmpdir(), `${name}-`))
  const out: Pipe[] = []
  try {
    const [stdin, ...others] = ['stdin', 'stdout', 'stderr'].map((file) => join(folder, file)) as [string, string, string]
    await promisify(execFile)('mkfifo', ['-m', '600', stdin, ...others])
    for (const path of others) out.push(open(path))
    return { out, in: hasInput ? openInlet(stdin) : undefined }
  } catch (error) {
    for (const { read, closeWriter } of out) {
      closeWriter()
      read.destroy()
    }
    throw error
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** No end can be opened to wait before the other one exists; the child's is opened a second time, as one that waits. */
function openInlet(path: string): Inlet {
  const first = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const write = new Socket({ fd: openSync(path, constants.O_WRONLY | constants.O_NONBLOCK), readable: false, writable: true })
    write.on('error', () => {}) // the command is over
    const read = openSync(path, constants.O_RDONLY)
    return { read, write, closeReader: () => closeSync(read) }
  } finally {
    closeSync(first)
  }
}

/** Opens the reading end first, which otherwise would see the end at once. */
function open(path: string): Pipe {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const write = openSync(path, constants.O_WRONLY)
  return { read: new Socket({ fd, readable: true, writable: false }), write, closeWriter: () => closeSync(write) }
}
