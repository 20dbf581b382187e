import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { environment, startedIn, variable } from '../../config/config.ts'
import { SERVER_ZONE } from '../../time/zone.ts'
import { TOKEN_FLAGS, tokenFrom, urlFrom } from '../credential.ts'

export interface Invocation {
  url: string | undefined
  token: string | undefined
  data: string
  detach: boolean
  task: Record<string, unknown>
}

const text = { type: 'string' } as const
const many = { type: 'string', multiple: true } as const
const flag = { type: 'boolean' } as const
const OPTIONS = {
  ...{ ...TOKEN_FLAGS, url: text, data: text, queue: text, title: text, project: text, urgency: text, timeout: text, retries: text },
  ...{ cwd: text, env: many, type: text, param: many, at: text, after: text, on: text, detach: flag, pty: flag, stdin: flag },
}

/** Throws for wrong usage. */
export function parse(args: string[]): Invocation {
  const dashes = args.indexOf('--')
  const argv = dashes === -1 ? [] : args.slice(dashes + 1)
  const { values } = parseArgs({ args: dashes === -1 ? args : args.slice(0, dashes), options: OPTIONS })
  const {
    url,
    token,
    'token-file': tokenFile,
    data,
    timeout,
    retries,
    cwd,
    env = [],
    param = [],
    at,
    detach = false,
    pty = false,
    stdin = false,
    ...fields
  } = values
  if (argv.length === 0 && fields.type === undefined) throw new Error('give the command after two dashes: telltale run -- COMMAND')
  if (argv.length > 0 && fields.type !== undefined) throw new Error('give a command or --type, not both')
  if (param.length > 0 && fields.type === undefined) throw new Error('--param needs --type')
  for (const [name, text] of Object.entries({ timeout, retries }))
    if (text !== undefined && !/^\d+$/.test(text)) throw new Error(`--${name} must be a whole number, not ${text}`)
  const server = urlFrom(url ?? (data ? undefined : environment.url))
  const isHere = server === undefined && fields.type === undefined
  const numbers = { ...(timeout !== undefined && { timeout_s: Number(timeout) }), ...(retries !== undefined && { retries: Number(retries) }) }
  return {
    url: server,
    token: tokenFrom({ token, 'token-file': tokenFile }),
    data: data ?? environment.data,
    detach,
    task: {
      ...fields,
      ...numbers,
      ...(fields.type === undefined ? { argv } : { params: Object.fromEntries(param.map((one) => named(one, 'param'))) }),
      ...(cwd !== undefined ? { cwd: resolve(startedIn, cwd) } : isHere && { cwd: startedIn }),
      ...(env.length > 0 && { env: Object.fromEntries(env.map((one) => (one.includes('=') ? named(one, 'env') : [one, fromHere(one)]))) }),
      ...(pty ? { stdin: 'pty' } : stdin && { stdin: 'open' }),
      ...(at !== undefined && { run_at: at, zone: SERVER_ZONE }),
    },
  }
}

function named(text: string, flag: string): [string, string] {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  if (name === undefined || value === undefined) throw new Error(`--${flag} must be NAME=VALUE, not ${text}`)
  return [name, value]
}

function fromHere(name: string): string {
  const value = variable(name)
  if (value === undefined) throw new Error(`--env ${name}: there is no such variable here; give it as ${name}=VALUE`)
  return value
}
