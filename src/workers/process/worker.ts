import { hostname } from 'node:os'
import { type Client, Refused } from '../../cli/client.ts'
import { type Claim, perform, type Site } from './attempt.ts'
import type { Isolation } from './isolate.ts'
import { type Link, link, type Say } from './link.ts'

export interface WorkerOptions {
  client: Client
  isolation: Isolation
  /** What commands inherit of this process's environment. */
  environment: Record<string, string>
  name: string
  queues: readonly string[]
  /** How many tasks at once. */
  concurrency: number
  /** The worker's row, where the server launched it; without one it registers itself. */
  id?: string | undefined
  say: Say
  /** Aborted to stop: takes no more, kills and reports what runs. */
  stop: AbortSignal
}

const CLAIM_WAIT_S = 25
const CLAIM_TIMEOUT_MS = 35_000

/** Claims and runs tasks until it is stopped or drained. Throws Refused when the server does not want it. */
export async function work(options: WorkerOptions): Promise<void> {
  const { client, say } = options
  const line = link(client, say)
  const workerId = await introduce(line, options)
  say(`worker ${workerId} (${options.name}) takes from ${options.queues.join(', ')} at ${client.where}`)
  if (options.isolation.note) say(`${options.isolation.note}; a task's processes are found by their environment instead`)

  const [stop, drain] = [new AbortController(), new AbortController()]
  const told = (state: string) => {
    if (state === 'draining' || state === 'stopped') drain.abort()
    if (state === 'stopped') stop.abort()
  }
  const site: Site = { ...options, link: line, workerId, told, stop: AbortSignal.any([options.stop, stop.signal]) }
  try {
    await takeAll(site, options.concurrency, AbortSignal.any([site.stop, drain.signal]))
  } catch (error) {
    stop.abort()
    throw error
  }
  say(`worker ${workerId} is done`)
}

/** Answers the worker's id. */
async function introduce(line: Link, { id, name, queues, concurrency, stop }: WorkerOptions): Promise<string> {
  const place = { host: hostname(), pid: process.pid }
  if (id) {
    await line.insist(`/api/workers/${id}/hello`, place, { signal: stop })
    return id
  }
  const { body } = await line.insist<{ item: { id: string } }>('/api/workers', { name, queues, kind: 'remote', concurrency, ...place }, { signal: stop })
  return body.item.id
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
async function claim({ link, workerId, told }: Site, enough: AbortSignal): Promise<Claim | undefined> {
  try {
    const wait = { worker_id: workerId, wait_s: CLAIM_WAIT_S }
    const { body } = await link.insist<Claim | undefined>('/api/tasks/claim', wait, { signal: enough, timeoutMs: CLAIM_TIMEOUT_MS })
    return body
  } catch (error) {
    if (enough.aborted) return undefined
    if (!(error instanceof Refused) || error.status !== 409) throw error
    told(String(error.problem.state))
    if (!enough.aborted) throw error
    return undefined
  }
}
