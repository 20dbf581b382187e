import { z } from 'zod'
import { readNamedFile } from '../input/own-file.ts'
import { type Config, UsageError } from './config.ts'
import { LimitsByQueue, type QueueLimits } from './queue-limits.ts'
import { Upstream } from './upstream-entry.ts'

export const FILE = 'telltale.config.json'
const MOST_BYTES = 1_048_576

const File = z.strictObject({ upstreams: z.array(Upstream).default([]), limits: LimitsByQueue })

/** By queue. Throws UsageError. */
export const limitsFrom = ({ config }: Pick<Config, 'config'>): Readonly<Record<string, QueueLimits>> => readFile(config).limits

/** Throws UsageError in one line with the file and the field. */
export function readFile(file: string | undefined): z.infer<typeof File> {
  let text: string
  try {
    text = readNamedFile(file ?? FILE, MOST_BYTES)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (file === undefined && code === 'ENOENT') return { upstreams: [], limits: {} }
    throw new UsageError(`${file ?? FILE} cannot be read: ${code ?? (error as Error).message}`)
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new UsageError(`${file ?? FILE} is not JSON: ${(error as Error).message}`)
  }
  return parse(File, json, file ?? FILE)
}

export function parse<T>(schema: z.ZodType<T>, input: unknown, where: string): T {
  const { data, error } = schema.safeParse(input)
  if (!error) return data
  const [{ path, message } = { path: [], message: '' }] = error.issues
  throw new UsageError(`${[where, path.join('.'), message].filter(Boolean).join(': ')}`)
}
