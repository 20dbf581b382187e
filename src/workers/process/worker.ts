import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { isPassing, Refused, type Wire } from '../../client/wire.js'
import type { Isolation } from '../../process/isolate.ts'
import { type Claim, perform, type Site } from './attempt.ts'
import { Stopped } from './ending.ts'
import { type Link, link, pauseMs, type Say } from './link.ts'

export interface WorkerOptions {
  wire: Wire
  isolation: Isolation
  /** What commands inherit of this process's environment. */
  environment: Record<string, string>
  name: string
  queues: readonly string[]
  /** How many tasks at once. */
  concurrency: number
  /** The worker's row, where the server launched it; without one it registers itself. */
  id?: string | undefined
  /** How long it waits for a server that does not answer before it stops; for ever by default. */
  patienceMs?: number | undefined
  /** Where the next command runs. */
  folder(): string
  say: Say
  /** Aborted to stop, with a `Stopped` that names the signal: takes no more, kills and reports what runs. */
  stop: AbortSignal
}

const CLAIM_WAIT_S = 25
const CLAIM_TIMEOUT_MS = 35_000
/** A server that cannot be reached loses the worker by its silence; it is not waited for. */
const GOODBYE_MS = 2000
const LOOK_MS = 1000

/** Claims and runs tasks until it is stopped or drained. Throws Refused when the server does not want it. */
export async function work(options: WorkerOptions): Promise<void> {
  const { wire, say, queues, isolation } = options
  const line = link(wire, say)
  const absence = watchServer(line, options)
  const gone = absence.signal
  const ends = AbortSignal.any([options.stop, gone])
  const workerId = await introduce(line, { ...options, stop: ends })
  say(`worker ${workerId} (${options.name}) takes from ${queues.join(', ')} at ${wire.where}; kills ${isolation.words}`)

  const [stop, drain] = [new AbortController(), new AbortController()]
  const told = (state: string) => {
    if (state === 'draining' || state === 'stopped') drain.abort()
    if (state === 'stopped') stop.abort(new Stopped())
  }
  const site: Site = { ...options, link: line, workerId, told, stop: AbortSignal.any([ends, stop.signal]) }
  try {
    await takeAll(site, options.concurrency, AbortSignal.any([site.stop, drain.signal]))
  } catch (error) {
    stop.abort(new Stopped())
    throw error
  }
  absence.close()
  if (!gone.aborted) await sayGoodbye(line, workerId, options.stop)
  say(`worker ${workerId} stopped`)
}

/** Its signal is aborted when the server was away for too long. Looks are counted, not time: a pause of the whole machine is not the server's. */
function watchServer(line: Link, { patienceMs = Number.POSITIVE_INFINITY, say }: WorkerOptions): { signal: AbortSignal; close(): void } {
  const stop = new AbortController()
  let missed = 0
  const look = setInterval(() => {
    missed = line.isBroken() ? missed + 1 : 0
    if (missed * LOOK_MS < patienceMs) return
    clearInterval(look)
    say(`no answer from the server for ${missed} s: giving up`)
    stop.abort(new Stopped())
  }, LOOK_MS).unref()
  return { signal: stop.signal, close: () => clearInterval(look) }
}

/** Answers the worker's id. */
async function introduce(line: Link, { id, name, queues, concurrency, stop }: WorkerOptions): Promise<string> {
  if (id) {
    await sayHello(line, id, stop)
    return id
  }
  const headers = { 'idempotency-key': randomUUID() }
  const about = { name, queues, kind: 'remote', concurrency, ...place() }
  const { body } = await line.insist<{ item: { id: string } }>('/api/workers', about, { headers, signal: stop })
  return body.item.id
}

const place = () => ({ host: hostname(), pid: process.pid })

const sayHello = (line: Link, id: string, signal: AbortSignal) => line.insist(`/api/workers/${id}/hello`, place(), { signal })

/** Not to be taken for lost; it makes no difference to a worker that was stopped or drained by its server. */
async function sayGoodbye(line: Link, id: string, { reason }: AbortSignal) {
  const body = reason instanceof Stopped && reason.signal ? { signal: reason.signal } : {}
  await line.insist(`/api/workers/${id}/goodbye`, body, { signal: AbortSignal.timeout(GOODBYE_MS) }).catch(() => {})
}

/** Keeps up to `concurrency` tasks running until `enough`; returns when the last of them has ended. */
async function takeAll(site: Site, concurrency: number, enough: AbortSignal) {
  const running = new Set<Promise<void>>()
  try {
    while (!enough.aborted) {
      const claimed = await claim(site, enough)
      if (!claimed) continue
      const run = perform(site, claimed).finally(() => running.delete(run))
      running.add(run)
      if (running.size >= concurrency) await Promise.race(running)
    }
  } finally {
    if (running.size > 0 && !site.stop.aborted) site.say(`takes no more; waits for ${running.size} to end`)
    await Promise.all(running)
  }
}

/** Waits for a task; nothing when there was none, or `enough` came first, or the server says that this worker is to end. */
async function claim(site: Site, enough: AbortSignal): Promise<Claim | undefined> {
  const key = randomUUID()
  try {
    for (let tries = 0; ; tries++) {
      const answer = await tryClaim(site, key, enough)
      if (answer) return answer.body
      await pause(pauseMs(tries), undefined, { signal: enough })
      await sayHello(site.link, site.workerId, enough) // answered as soon as the server is back; a claim is when there is a task
    }
  } catch (error) {
    if (enough.aborted) return undefined
    if (!(error instanceof Refused) || error.status !== 409) throw error
    site.told(String(error.problem.state))
    if (!enough.aborted) throw error
    return undefined
  }
}

/** Nothing when nobody answered. Under the same key, a claim whose answer was lost is answered again. */
async function tryClaim({ link, workerId }: Site, key: string, signal: AbortSignal) {
  try {
    const wait = { worker_id: workerId, wait_s: CLAIM_WAIT_S }
    return await link.post<Claim | undefined>('/api/tasks/claim', wait, { headers: { 'idempotency-key': key }, signal, timeoutMs: CLAIM_TIMEOUT_MS })
  } catch (error) {
    if (signal.aborted || !isPassing(error)) throw error
    return undefined
  }
}
