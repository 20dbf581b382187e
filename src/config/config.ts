import { BlockList, isIPv6 } from 'node:net'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { isQueue } from '../input/texts.ts'
import { ISOLATIONS, type Wanted } from '../process/isolate.ts'
import type { QueueLimits } from './queue-limits.ts'
import { KEPT, type KeptId, tidy } from './retention.ts'
import type { UpstreamConfig } from './upstream.ts'

interface Option<T> {
  default: T
  parse(text: string): T
  help: string
  secret?: boolean
}

const integer =
  (least: number, most: number) =>
  (text: string): number => {
    const value = Number(text)
    if (!Number.isInteger(value) || value < least || value > most) throw new Error(`must be a whole number from ${least} to ${most}`)
    return value
  }
const oneOf =
  <T extends string>(...words: T[]) =>
  (text: string): T => {
    if (!words.includes(text as T)) throw new Error(`must be ${words.slice(0, -1).join(', ')} or ${words.at(-1)}`)
    return text as T
  }
const flag = (text: string) => text !== 'false' && text !== '0'
const path = (text: string) => resolve(text)
const loopback = (text: string) => {
  if (!['127.0.0.1', '::1', 'localhost'].includes(text))
    throw new Error('must be 127.0.0.1, ::1 or localhost; other machines connect through a proxy (--public-url)')
  return text
}
const browserHost = (text: string) => {
  if (!/^(127\.0\.0\.1|\[::1\]|localhost|([a-z0-9-]{1,63}\.)+localhost)$/.test(text))
    throw new Error('must be 127.0.0.1, [::1], localhost or a name that ends in .localhost')
  return text
}
const databaseUrl = (text: string) => {
  const url = URL.parse(text)
  if (!url || !/^postgres(ql)?:$/.test(url.protocol) || url.pathname.length < 2)
    throw new Error('must be a URL such as postgres://user:password@localhost/telltale')
  return text
}
const publicUrl = (text: string) => {
  const url = URL.parse(text)
  if (url?.protocol !== 'https:' || url.href !== `${url.origin}/`) throw new Error('must be an origin such as https://box.example.net, with no path')
  return url
}
const addresses = (text: string) => {
  const list = new BlockList()
  for (const one of text.split(',').map((part) => part.trim())) {
    const [address = '', bits] = one.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    try {
      if (bits === undefined) list.addAddress(address, family)
      else list.addSubnet(address, bits === '' ? Number.NaN : Number(bits), family)
    } catch {
      throw new Error('must be addresses separated by commas, such as 127.0.0.1,10.0.0.0/8')
    }
  }
  return list
}
const upstreams = (text: string): UpstreamFlag[] =>
  text.split(/,(?=[a-z0-9-]+=https?:)/).map((one) => {
    const [, name, url] = /^\s*([^=]+)=(.+?)\s*$/.exec(one) ?? []
    if (name === undefined || url === undefined) throw new Error('must be NAME=URL')
    return { name, url }
  })

const kept = (id: KeptId) => (text: string) => tidy(id, text)
const keptHelp = (id: KeptId, what: string) => `${what}, such as ${KEPT[id].default}; overrides Settings`

const queues = (text: string): string[] => {
  const names = text.split(',').map((name) => name.trim())
  if (!names.every(isQueue)) throw new Error('must be queue names separated by commas, such as default,mail, or * for all')
  return names
}

const COLOURS = ['grey', 'blue', 'teal', 'amber', 'red', 'magenta'] as const
const environmentBadge = (text: string): EnvironmentBadge => {
  const [, name, colour = 'grey'] = new RegExp(`^\\s*(.{1,24}?)\\s*(?::(${COLOURS.join('|')}))?$`, 'u').exec(text) ?? []
  if (!name) throw new Error(`must be a name of at most 24 characters, optionally with a colour, such as prod:red (${COLOURS.join(', ')})`)
  return { name, colour: colour as EnvironmentBadge['colour'] }
}

export interface EnvironmentBadge {
  name: string
  colour: (typeof COLOURS)[number]
}

export interface UpstreamFlag {
  name: string
  url: string
}

const OPTIONS = {
  port: { default: 8355, parse: integer(0, 65_535), help: 'TCP port, or 0 for a free one' } as Option<number>,
  host: { default: '127.0.0.1', parse: loopback, help: 'loopback address to listen on; the other one (127.0.0.1 or ::1) is opened as well' } as Option<string>,
  'browser-host': {
    default: undefined,
    parse: browserHost,
    help: 'host name for browsers that cannot open *.localhost, such as 127.0.0.1; other servers on that name receive the session cookie',
  } as Option<string | undefined>,
  'public-url': { default: undefined, parse: publicUrl, help: 'https:// origin of the TLS proxy in front of this server' } as Option<URL | undefined>,
  'trusted-proxy': {
    default: undefined,
    parse: addresses,
    help: 'addresses of that proxy, whose X-Forwarded-For to trust, such as 127.0.0.1,10.0.0.0/8',
  } as Option<BlockList | undefined>,
  data: { default: resolve('data'), parse: path, help: 'data folder, with the database, logs and the control socket' } as Option<string>,
  workers: { default: 1, parse: integer(0, 64), help: 'number of local workers to launch' } as Option<number>,
  'worker-queues': { default: ['*'], parse: queues, help: 'queues that they serve, separated by commas; * for all' } as Option<readonly string[]>,
  shell: { default: true, parse: flag, help: 'allow shell commands; --no-shell allows task types only' } as Option<boolean>,
  'database-url': {
    default: undefined,
    parse: databaseUrl,
    help: 'PostgreSQL database to use instead of a file, as postgres://USER:PASSWORD@HOST/NAME',
    secret: true,
  } as Option<string | undefined>,
  isolate: {
    default: 'auto',
    parse: oneOf(...ISOLATIONS),
    help: 'how to isolate the processes of a task: auto, user (a user namespace), cgroup or off',
  } as Option<Wanted>,
  config: {
    default: undefined,
    parse: path,
    help: 'JSON file that lists upstreams and limits of queues; by default telltale.config.json, if it exists',
  } as Option<string | undefined>,
  upstream: { default: [], parse: upstreams, help: 'NAME=URL of another Telltale server to read events from; may be repeated' } as Option<
    readonly UpstreamFlag[]
  >,
  environment: { default: undefined, parse: environmentBadge, help: 'badge on every page, as NAME or NAME:COLOUR, such as prod:red' } as Option<
    EnvironmentBadge | undefined
  >,
  'lease-ms': { default: 20_000, parse: integer(100, 600_000), help: 'how long a worker may hold a task without a heartbeat' } as Option<number>,
  'stream-max-seconds': { default: 1800, parse: integer(1, 86_400), help: 'longest lifetime of a stream, ± 10 %' } as Option<number>,
  'idle-seconds': {
    default: 90,
    parse: integer(1, 86_400),
    help: 'how long an unfinished line of output may stand before the task counts as waiting for input',
  } as Option<number>,
  'undo-seconds': { default: 5, parse: integer(1, 3600), help: 'how long a cancel or deletion on a page can be undone' } as Option<number>,
  'keep-tasks': { default: undefined, parse: kept('keep-tasks'), help: keptHelp('keep-tasks', 'how long to keep ended tasks') } as Option<string | undefined>,
  'keep-logs': { default: undefined, parse: kept('keep-logs'), help: keptHelp('keep-logs', 'how long to keep their output') } as Option<string | undefined>,
  'keep-events': { default: undefined, parse: kept('keep-events'), help: keptHelp('keep-events', 'how long to keep events') } as Option<string | undefined>,
  'max-data': {
    default: undefined,
    parse: kept('max-data'),
    help: keptHelp('max-data', 'maximum size of all data (with PostgreSQL, of output)'),
  } as Option<string | undefined>,
  'writes-per-second': {
    default: 200,
    parse: integer(1, 100_000),
    help: 'changes per second for one token or session, with bursts of five times that',
  } as Option<number>,
  'max-streams': { default: 64, parse: integer(1, 100_000), help: 'open streams for one token or session' } as Option<number>,
  'log-format': { default: 'text' as const, parse: oneOf('text', 'json'), help: 'format of the access log on stderr: text or json' } as Option<'text' | 'json'>,
} as const

type Options = typeof OPTIONS
export type Config = { [Name in keyof Options]: Options[Name] extends Option<infer T> ? T : never } & {
  upstreams: readonly UpstreamConfig[]
  /** By queue, as the file sets them. */
  limits: Readonly<Record<string, QueueLimits>>
}

export class UsageError extends Error {}

/** Reads the server's options from flags and the environment. Throws UsageError. */
export function configFrom(args: string[], environment: NodeJS.ProcessEnv = process.env): Config {
  const flags = parse(args)
  const config: Record<string, unknown> = { upstreams: [], limits: {} }
  for (const [name, option] of Object.entries(OPTIONS) as [keyof Options, Option<unknown>][]) {
    const text = flags[name]?.toString() ?? environment[variableOf(name)]
    try {
      config[name] = text === undefined ? option.default : option.parse(String(text))
    } catch (error) {
      throw new UsageError(`--${name} ${(error as Error).message}, not ${JSON.stringify(text)}`)
    }
  }
  return config as Config
}

export function configHelp(): string {
  const lines = Object.entries(OPTIONS).map(([name, { help, default: standard }]) => {
    const value = standard?.toString()
    return `  --${name.padEnd(20)} ${help} (${variableOf(name)}${value ? `, default ${value}` : ''})`
  })
  return lines.join('\n')
}

export const environment = {
  url: process.env.TELLTALE_URL,
  token: process.env.TELLTALE_TOKEN,
  data: resolve(process.env.TELLTALE_DATA ?? 'data'),
}

export const startedIn = process.cwd()

export const variable = (name: string): string | undefined => process.env[name]

/** The only variables that a task's command inherits, so that secrets of this process stay here. */
export const inherited = Object.fromEntries(
  ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'XDG_RUNTIME_DIR'].flatMap((name) =>
    process.env[name] === undefined ? [] : [[name, process.env[name]]],
  ),
)

export const chromium = process.env.TELLTALE_CHROMIUM

const variableOf = (name: string) => `TELLTALE_${name.toUpperCase().replaceAll('-', '_')}`

function parse(args: string[]): Record<string, string | string[] | undefined> {
  const options = Object.fromEntries(Object.keys(OPTIONS).map((name) => [name, { type: 'string' as const, multiple: name === 'upstream' }]))
  try {
    const expanded = args.map((arg) => (arg === '--no-shell' ? '--shell=false' : arg === '--allow-shell' ? '--shell=true' : arg))
    return parseArgs({ args: expanded, options, strict: true }).values as Record<string, string | string[] | undefined>
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0] ?? 'these flags were not understood')
  }
}
