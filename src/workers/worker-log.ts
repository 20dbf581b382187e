import { closeSync, createReadStream, createWriteStream, fstatSync, mkdirSync, openSync, readSync, statSync } from 'node:fs'
import { readdir, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Config } from '../config/config.ts'
import { fileNameOf } from '../input/file-name.ts'

const TAIL_BYTES = 32_768
const MOST_BYTES = 10 * 1_048_576
const NEWLINE = 0x0a

/** The caller closes it. */
export function openLog(config: Config, id: string): number {
  mkdirSync(folderOf(config), { recursive: true, mode: 0o700 })
  return openSync(pathOf(config, id), 'a', 0o600)
}

export function logOf(config: Config, id: string): string {
  const path = pathOf(config, id)
  const bytes = tailOf(path, TAIL_BYTES)
  const before = bytes.length < TAIL_BYTES ? tailOf(earlier(path), TAIL_BYTES - bytes.length) : Buffer.alloc(0)
  const all = Buffer.concat([before, bytes])
  return (all.length < TAIL_BYTES ? all : all.subarray(all.indexOf(NEWLINE) + 1)).toString('utf8')
}

export const logSize = (config: Config, id: string): number => sizeOf(pathOf(config, id))

/** The process keeps its file open, so the end is copied to a second file and the first is emptied; lines in between are lost. */
export async function rotate(config: Config) {
  for (const name of await readdir(folderOf(config)).catch(() => [])) {
    const path = join(folderOf(config), name)
    const size = name.endsWith('.log') ? sizeOf(path) : 0
    if (size <= MOST_BYTES) continue
    await pipeline(createReadStream(path, { start: size - MOST_BYTES, end: size - 1 }), createWriteStream(earlier(path), { mode: 0o600 }))
    await truncate(path)
  }
}

function tailOf(path: string, most: number): Buffer {
  try {
    const file = openSync(path, 'r')
    try {
      const { size } = fstatSync(file)
      const bytes = Buffer.alloc(Math.min(most, size))
      return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, size - bytes.length))
    } finally {
      closeSync(file)
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0)
    throw error
  }
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0
const folderOf = ({ data }: Config) => join(data, 'logs', 'workers')
const pathOf = (config: Config, id: string) => join(folderOf(config), `${fileNameOf(id)}.log`)
const earlier = (path: string) => `${path}.1`
