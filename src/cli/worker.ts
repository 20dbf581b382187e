import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import { parseArgs } from 'node:util'
import { environment, inherited } from '../config.ts'
import { Stopped } from '../workers/process/ending.ts'
import { probe } from '../workers/process/isolate.ts'
import type { Say } from '../workers/process/link.ts'
import { work } from '../workers/process/worker.ts'
import { connect, failed } from './client.ts'

export const help = `telltale worker: takes tasks from a server and runs them here

  --queue NAME        take from this queue; may be repeated (default)
  --concurrency N     how many tasks at once (1)
  --name NAME         how it is called on the page (this machine's name)
  --url URL           the server (TELLTALE_URL); without one, the control socket in --data
  --token TOKEN       a token of role worker (TELLTALE_TOKEN)
  --data DIR          the server's data folder (TELLTALE_DATA; data)
  --isolate auto|off  PID namespaces for tasks (auto)
`

const EXIT_USAGE = 2
const MOST_AT_ONCE = 64
/** A data folder that is away for so long is gone for good, and its server with it. */
const LOOK_MS = 1000
const LOOKS = 5

/** Works until it is stopped by a signal or from the page. Answers the exit code. */
export async function worker(args: string[]): Promise<number> {
  let options: Options
  try {
    options = parse(args)
  } catch (error) {
    console.error(`telltale worker: ${(error as Error).message}`)
    return EXIT_USAGE
  }
  const client = connect(options)
  const say: Say = (line) => console.log(`${new Date().toISOString()} ${line}`)
  const stop = options.url ? stopOnSignal() : AbortSignal.any([stopOnSignal(), stopWithout(options.data, say)])
  try {
    const isolation = await probe(options.isolate)
    await work({ ...options, client, isolation, environment: inherited, say, stop })
    return 0
  } catch (error) {
    if (stop.aborted) return 0
    return failed(error)
  } finally {
    client.close()
  }
}

interface Options {
  url: string | undefined
  token: string | undefined
  data: string
  name: string
  queues: string[]
  concurrency: number
  id: string | undefined
  isolate: 'auto' | 'off'
}

function parse(args: string[]): Options {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args,
    options: { url: text, token: text, data: text, name: text, id: text, concurrency: text, isolate: text, queue: { type: 'string', multiple: true } },
  })
  const concurrency = Number(values.concurrency ?? 1)
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > MOST_AT_ONCE)
    throw new Error(`--concurrency must be a whole number from 1 to ${MOST_AT_ONCE}`)
  const isolate = values.isolate ?? 'auto'
  if (isolate !== 'auto' && isolate !== 'off') throw new Error('--isolate must be auto or off')
  return {
    url: values.url ?? (values.data ? undefined : environment.url),
    token: values.token ?? environment.token,
    data: values.data ?? environment.data,
    name: values.name ?? hostname(),
    queues: values.queue ?? ['default'],
    concurrency,
    id: values.id,
    isolate,
  }
}

/**
 * Aborted by the first TERM or INT. After it, an INT ends the process at once, and its guardians end what it runs; a
 * TERM changes nothing, as whoever stops a whole service sends one beside the server's own.
 */
function stopOnSignal(): AbortSignal {
  const stop = new AbortController()
  const end = (signal: NodeJS.Signals) => {
    process.off('SIGINT', end)
    stop.abort(new Stopped(signal))
  }
  process.on('SIGTERM', end).on('SIGINT', end)
  return stop.signal
}

/** Aborted when a folder that was there is gone: a server is known by the socket in it, and none will answer there again. */
function stopWithout(folder: string, say: Say): AbortSignal {
  const stop = new AbortController()
  let missed = existsSync(folder) ? 0 : Number.NEGATIVE_INFINITY // a worker may start before its server
  const look = setInterval(() => {
    missed = existsSync(folder) ? 0 : missed + 1
    if (missed < LOOKS) return
    clearInterval(look)
    say(`the data folder ${folder} is gone: there is no server to work for`)
    stop.abort(new Stopped())
  }, LOOK_MS).unref()
  return stop.signal
}
