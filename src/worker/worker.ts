import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { isPassing, Refused, type Wire } from '../client/wire.js'
import type { Isolation } from '../process/isolate.ts'
import { type Claim, perform, type Site } from './attempt.ts'
import { Stopped } from './ending.ts'
import { type Link, link, pauseMs, type Say } from './link.ts'

interface WorkerOptions {
  wire: Wire
  isolation: Isolation
  environment: Record<string, string>
  name: string
  queues: readonly string[]
  concurrency: number
  id?: string | undefined
  patienceMs?: number | undefined
  folder(): string
  say: Say
  stop: AbortSignal
}

const CLAIM_WAIT_S = 25
const CLAIM_TIMEOUT_MS = 35_000
/** A server that cannot be reached will mark the silent worker as lost. */
const GOODBYE_MS = 2000
const LOOK_MS = 1000

/** Claims and runs tasks until stopped or drained. Throws Refused if the server rejects the worker. */
export async function work(options: WorkerOptions): Promise<void> {
  const { wire, say, queues, isolation } = options
  const line = link(wire, say)
  const absence = watchServer(line, options)
  const gone = absence.signal
  const ends = AbortSignal.any([options.stop, gone])
  const workerId = await introduce(line, { ...options, stop: ends })
  say(`worker ${workerId} (${options.name}) takes from ${queues.join(', ')} at ${wire.where}; kills ${isolation.words}`)

  const [stop, drain] = [new AbortController(), new AbortController()]
  const onState = (state: string) => {
    if (state === 'draining' || state === 'stopped') drain.abort()
    if (state === 'stopped') stop.abort(new Stopped())
  }
  const site: Site = { ...options, link: line, workerId, onState, stop: AbortSignal.any([ends, stop.signal]) }
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

/** Aborts if the server is away for too long. Counts checks, not time, so that a pause of this machine does not count. */
function watchServer(line: Link, { patienceMs = Number.POSITIVE_INFINITY, say }: WorkerOptions): { signal: AbortSignal; close(): void } {
  const stop = new AbortController()
  let missed = 0
  const look = setInterval(() => {
    missed = line.isBroken() ? missed + 1 : 0
    if (missed * LOOK_MS < patienceMs) return
    clearInterval(look)
    say(`no response from the server for ${missed} s: giving up`)
    stop.abort(new Stopped())
  }, LOOK_MS).unref()
  return { signal: stop.signal, close: () => clearInterval(look) }
}

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

/** Without it, the server would mark the worker as lost. */
async function sayGoodbye(line: Link, id: string, { reason }: AbortSignal) {
  const body = reason instanceof Stopped && reason.signal ? { signal: reason.signal } : {}
  await line.insist(`/api/workers/${id}/goodbye`, body, { signal: AbortSignal.timeout(GOODBYE_MS) }).catch(() => {})
}

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

/** Undefined after `enough`, or if the server wants this worker to end. */
async function claim(site: Site, enough: AbortSignal): Promise<Claim | undefined> {
  const key = randomUUID()
  try {
    for (let tries = 0; ; tries++) {
      const answer = await tryClaim(site, key, enough)
      if (answer) return answer.body
      await pause(pauseMs(tries), undefined, { signal: enough })
      await sayHello(site.link, site.workerId, enough) // returns as soon as the server is back, while a claim waits for a task
    }
  } catch (error) {
    if (enough.aborted) return undefined
    if (!(error instanceof Refused) || error.status !== 409) throw error
    site.onState(String(error.problem.state))
    if (!enough.aborted) throw error
    return undefined
  }
}

/** Undefined without a response. With its own key, a repeated claim gets the first response. */
async function tryClaim({ link, workerId }: Site, key: string, signal: AbortSignal) {
  try {
    const wait = { worker_id: workerId, wait_s: CLAIM_WAIT_S }
    return await link.post<Claim | undefined>('/api/tasks/claim', wait, { headers: { 'idempotency-key': key }, signal, timeoutMs: CLAIM_TIMEOUT_MS })
  } catch (error) {
    if (signal.aborted || !isPassing(error)) throw error
    return undefined
  }
}
