import { dirname, resolve } from 'node:path'
import type { z } from 'zod'
import { type Config, UsageError, variable } from './config.ts'
import { FILE, parse, readFile } from './file.ts'
import type { UpstreamConfig } from './upstream.ts'
import { Upstream } from './upstream-entry.ts'

/** The upstreams of the file and the flags. Throws UsageError in one line with the file and the field. */
export function upstreamsFrom({ config: file, upstream: flags }: Pick<Config, 'config' | 'upstream'>, named = variable): UpstreamConfig[] {
  const upstreams = [
    ...readFile(file).upstreams.map((entry, i) => upstream(entry, `${file ?? FILE}: upstreams.${i}`, named, dirname(resolve(file ?? FILE)))),
    ...flags.map((flag) => upstream(parse(Upstream, flag, '--upstream'), '--upstream', named)),
  ]
  const twice = upstreams.find(({ name }, i) => upstreams.findIndex((other) => other.name === name) < i)
  if (twice) throw new UsageError(`${file ?? FILE}: upstreams: two are named ${JSON.stringify(twice.name)}`)
  return upstreams
}

function upstream(entry: z.infer<typeof Upstream>, where: string, named: (variable: string) => string | undefined, folder?: string): UpstreamConfig {
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
