import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { readNamedFile } from '../input/own-file.ts'
import { type Config, UsageError, variable } from './config.ts'
import type { UpstreamConfig } from './upstream.ts'

const FILE = 'telltale.config.json'
const MOST_BYTES = 1_048_576
const WAYS = ['url', 'sse', 'ndjson', 'command'] as const

const url = z
  .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
  .refine((text) => URL.parse(text)?.username === '' && URL.parse(text)?.password === '', 'must not contain a password; name its variable in token_env')
const Entry = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9-]{1,40}$/, 'must be 1 to 40 lowercase letters, digits or dashes')
      .refine((name) => name !== 'local', 'must not be "local": that is this server itself'),
    url: url.optional(),
    sse: url.optional(),
    ndjson: url.optional(),
    command: z.array(z.string()).min(1, 'must name a program').optional(),
    token: z.string().optional(),
    token_env: z.string().optional(),
    kinds: z.array(z.string().regex(/^[a-z][a-z0-9._-]*$/, 'must be a kind, or a prefix that ends in a dot')).default([]),
    since: z.enum(['now', 'beginning']).default('now'),
  })
  .refine((entry) => WAYS.filter((way) => entry[way] !== undefined).length === 1, `must have exactly one of ${WAYS.join(', ')}`)
  .refine(({ token, token_env }) => token === undefined || token_env === undefined, 'must have token or token_env, not both')
  .refine(({ url, since }) => url !== undefined || since === 'now', 'can start at the "beginning" only with a url')
const File = z.strictObject({ upstreams: z.array(Entry).default([]) })

/** The upstreams of the file and the flags. Throws UsageError in one line with the file and the field. */
export function upstreamsFrom({ config: file, upstream: flags }: Pick<Config, 'config' | 'upstream'>, named = variable): UpstreamConfig[] {
  const upstreams = [
    ...read(file).map((entry, i) => upstream(entry, `${file ?? FILE}: upstreams.${i}`, named, dirname(resolve(file ?? FILE)))),
    ...flags.map((flag) => upstream(parse(Entry, flag, '--upstream'), '--upstream', named)),
  ]
  const twice = upstreams.find(({ name }, i) => upstreams.findIndex((other) => other.name === name) < i)
  if (twice) throw new UsageError(`${file ?? FILE}: upstreams: two are named ${JSON.stringify(twice.name)}`)
  return upstreams
}

function read(file: string | undefined): z.infer<typeof Entry>[] {
  let text: string
  try {
    text = readNamedFile(file ?? FILE, MOST_BYTES)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (file === undefined && code === 'ENOENT') return []
    throw new UsageError(`${file ?? FILE} cannot be read: ${code ?? (error as Error).message}`)
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new UsageError(`${file ?? FILE} is not JSON: ${(error as Error).message}`)
  }
  return parse(File, json, file ?? FILE).upstreams
}

function parse<T>(schema: z.ZodType<T>, input: unknown, where: string): T {
  const { data, error } = schema.safeParse(input)
  if (!error) return data
  const [{ path, message } = { path: [], message: '' }] = error.issues
  throw new UsageError(`${[where, path.join('.'), message].filter(Boolean).join(': ')}`)
}

function upstream(entry: z.infer<typeof Entry>, where: string, named: (variable: string) => string | undefined, folder?: string): UpstreamConfig {
  const { name, kinds, since, command: argv } = entry
  if (argv) return { kind: 'command', name, argv, kinds, ...(folder && { folder }) }
  const variable = entry.token_env ?? `TELLTALE_TOKEN_${name.toUpperCase().replaceAll('-', '_')}`
  const token = entry.token ?? named(variable)
  if (entry.token !== undefined && !isWord(entry.token)) throw new UsageError(`${where}.token: must be one word of plain characters`)
  const refusal = whyRefused(token, entry.token_env, variable)
  const kind = entry.url !== undefined ? 'telltale' : entry.sse !== undefined ? 'sse' : 'ndjson'
  return { kind, name, url: (entry.url ?? entry.sse ?? entry.ndjson) as string, token, kinds, since, ...(refusal && { refusal }) }
}

function whyRefused(token: string | undefined, tokenEnv: string | undefined, variable: string): string | undefined {
  if (tokenEnv !== undefined && !token) return `the variable ${variable}, which holds its token, is not set; set it and restart`
  if (token !== undefined && !isWord(token)) return `the variable ${variable} must be one word of plain characters; correct it and restart`
  return undefined
}

const isWord = (token: string) => /^[\x21-\x7e]+$/.test(token)
