import { existsSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { parseArgs } from 'node:util'
import { Wire } from '../client/wire.js'
import { environment, inherited, startedIn } from '../config/config.ts'
import { printable } from '../input/printable.ts'
import { ISOLATIONS, probe, type Wanted } from '../process/isolate.ts'
import { Stopped } from '../worker/ending.ts'
import type { Say } from '../worker/link.ts'
import { work } from '../worker/worker.ts'
import { complain, EXIT, failed } from './complain.ts'
import { TOKEN_FLAGS, tokenFrom, urlFrom } from './credential.ts'

export const help = `telltale worker: run a server's tasks on this machine

  --queue NAME        queue to serve; may be repeated (default: default)
  --concurrency N     number of tasks at once (default: 1)
  --name NAME         name on the page (default: this machine's name)
  --url URL           server address (TELLTALE_URL); by default, the control socket in --data
  --token-file FILE   file with a token of role worker; or set TELLTALE_TOKEN
  --data DIR          the server's data folder (TELLTALE_DATA, here: ${environment.data})
  --isolate HOW       how to isolate the processes of a task: auto, user, cgroup or off (default: auto)

All processes of a task are killed together. auto uses a PID namespace as root, a cgroup if this account may create one,
and otherwise the process tree. user uses a PID namespace inside a user namespace, where sudo and ping do not work. cgroup
uses a cgroup, even as root. off uses the process tree only. The worker's first line of output names the method in use.
`

const MOST_AT_ONCE = 64
const LOOK_MS = 1000
const LOOKS = 5

export async function worker(args: string[]): Promise<number> {
  let options: Options
  try {
    options = parse(args)
  } catch (error) {
    complain(`telltale worker: ${(error as Error).message}`)
    return EXIT.usage
  }
  const wire = new Wire(options)
  const say: Say = (line) => console.log(`${new Date().toISOString()} ${printable(line)}`)
  const stop = options.url ? stopOnSignal() : AbortSignal.any([stopOnSignal(), stopWithout(options.data, say)])
  try {
    const isolation = await probe(options.isolate)
    await work({ ...options, wire, isolation, environment: inherited, folder: () => folderFor(options), say, stop })
    return 0
  } catch (error) {
    if (stop.aborted) return 0
    return failed(error, options)
  } finally {
    wire.close()
  }
}

interface Options {
  url: string | undefined
  token: string | undefined
  data: string
  name: string
  queues: string[]
  concurrency: number
  isolate: Wanted
  id: string | undefined
  patienceMs: number | undefined
  home: string
}

function parse(args: string[]): Options {
  const text = { type: 'string' } as const
  const own = { url: text, data: text, name: text, concurrency: text, isolate: text, queue: { type: 'string', multiple: true } } as const
  const { values } = parseArgs({ args, options: { ...own, ...TOKEN_FLAGS, id: text, folder: text, 'patience-ms': text } })
  const concurrency = Number(values.concurrency ?? 1)
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > MOST_AT_ONCE)
    throw new Error(`--concurrency must be a whole number from 1 to ${MOST_AT_ONCE}`)
  const isolate = ISOLATIONS.find((each) => each === (values.isolate ?? 'auto'))
  if (!isolate) throw new Error(`--isolate must be ${ISOLATIONS.slice(0, -1).join(', ')} or ${ISOLATIONS.at(-1)}`)
  return {
    url: urlFrom(values.url ?? (values.data ? undefined : environment.url)),
    token: tokenFrom(values),
    data: values.data ?? environment.data,
    name: values.name ?? hostname(),
    queues: values.queue ?? ['default'],
    concurrency,
    isolate,
    id: values.id,
    patienceMs: values['patience-ms'] === undefined ? undefined : Number(values['patience-ms']),
    home: values.folder ?? startedIn,
  }
}

const folderFor = ({ home, data }: Options): string => [home, data].find((folder) => existsSync(folder)) ?? '/'

/** Aborts at the first signal. A later INT ends the process; a later TERM is ignored, as stopping a service sends one beside the server's. */
function stopOnSignal(): AbortSignal {
  const stop = new AbortController()
  const end = (signal: NodeJS.Signals) => {
    process.off('SIGINT', end)
    stop.abort(new Stopped(signal))
  }
  process.on('SIGTERM', end).on('SIGHUP', end).on('SIGINT', end)
  return stop.signal
}

function stopWithout(folder: string, say: Say): AbortSignal {
  const stop = new AbortController()
  const first = identityOf(folder) // a worker may start before its server
  let missed = 0
  const look = setInterval(() => {
    missed = first === undefined || identityOf(folder) === first ? 0 : missed + 1
    if (missed < LOOKS) return
    clearInterval(look)
    say(`the data folder ${folder} is gone, so there is no server; stopping`)
    stop.abort(new Stopped())
  }, LOOK_MS).unref()
  return stop.signal
}

function identityOf(folder: string): string | undefined {
  const { dev, ino } = statSync(folder, { throwIfNoEntry: false }) ?? {}
  return ino === undefined ? undefined : `${dev} ${ino}`
}
