import { Refused } from '../../cli/client.ts'
import type { Isolation } from './isolate.ts'
import { type Beat, type Hold, keep } from './lease.ts'
import type { Link, Say } from './link.ts'
import { ship } from './output.ts'
import { type Ending, plant, type Tree } from './tree.ts'

/** What a claim answers. */
export interface Claim {
  item: { id: string; title: string; argv: readonly string[]; attempt: number; timeout_s: number | null }
  fence: number
  lease_ttl_ms: number
}

/** What an attempt needs of the worker that makes it. */
export interface Site {
  workerId: string
  link: Link
  isolation: Isolation
  /** What the command inherits. */
  environment: Record<string, string>
  say: Say
  /** Aborted when the worker stops: what runs is killed, and reported so. */
  stop: AbortSignal
  /** A beat told the worker's own state. */
  told(state: string): void
}

/** What is reported of a command, beside its exit code. */
type Verdict = { cancelled: true } | { error: string }

/** From TERM to KILL. */
const GRACE_MS = 1000
/** Of the lease: without a beat for so long, the guardian ends what a frozen or dead worker cannot. */
const SILENCE = 0.8
/** Of the lease: how long to insist that a claimed task now runs. */
const TRUST = 0.7
/** The most that a timer takes; a task may not run for longer than 24 days and a timeout. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Runs a claimed task to its end and reports it. Never throws: what cannot be reported is left to the lease. */
export async function perform(site: Site, claim: Claim): Promise<void> {
  const { item } = claim
  try {
    const tree = plant(site.isolation, { argv: item.argv, environment: environmentOf(site, claim), silenceMs: claim.lease_ttl_ms * SILENCE })
    await begin(site, claim, tree)
    site.say(`${item.id} began: ${item.title}`)
    const outcome = await follow(site, claim, tree)
    if (outcome) site.say(`${item.id} ended: ${outcome}`)
  } catch (error) {
    site.say(`${item.id} was given up: ${(error as Error).message}`)
  }
}

function environmentOf({ environment }: Site, { item, fence }: Claim): Record<string, string> {
  return { ...environment, TERM: 'xterm-256color', TELLTALE_TASK_ID: item.id, TELLTALE_ATTEMPT: String(item.attempt), TELLTALE_FENCE: String(fence) }
}

/** The command waits behind its guardian until the server has agreed that it runs. */
async function begin({ link, workerId }: Site, { item, fence, lease_ttl_ms }: Claim, tree: Tree) {
  try {
    await link.insist(`/api/tasks/${item.id}/run`, { worker_id: workerId, fence, pid: tree.pid }, { signal: AbortSignal.timeout(lease_ttl_ms * TRUST) })
  } catch (error) {
    tree.kill()
    throw error
  }
  tree.beat()
}

/** Beats, sends the output, obeys; answers how it ended, in words, or nothing when the lease was lost. */
async function follow(site: Site, claim: Claim, tree: Tree): Promise<string | undefined> {
  const { link, workerId, stop } = site
  const { item, fence, lease_ttl_ms: ttlMs } = claim
  const path = `/api/tasks/${item.id}`
  const hold: Hold = { worker_id: workerId, fence }
  const [lost, reported] = [new AbortController(), new AbortController()]
  const ender = end(tree)

  function abandon(why: string) {
    if (lost.signal.aborted) return
    site.say(`${item.id} is not this worker's any more, and is killed: ${why}`)
    tree.kill()
    lost.abort()
  }
  async function report<T>(verb: string, body: object): Promise<void> {
    await link.insist<T>(`${path}/${verb}`, { ...hold, ...body }, { signal: lost.signal }).catch((error) => {
      if (error instanceof Refused) abandon(error.message)
      throw error
    })
  }
  function beat({ cancel, worker }: Beat) {
    tree.beat()
    if (cancel) ender.stop({ cancelled: true })
    site.told(worker)
  }

  const output = ship(tree, ({ offset, stream, data }) => report('log', { attempt: item.attempt, offset, stream, data: data.toString('base64') }))
  // A command that has ended does no harm: its report is tried until the server answers, whatever the lease says.
  void keep(link, { path, hold, ttlMs }, { beat, lost: (why, refused) => (refused || !ender.over()) && abandon(why) }, AbortSignal.any([lost.signal, reported.signal]))
  const stopped = () => ender.stop({ error: 'worker stopped' })
  stop.addEventListener('abort', stopped)
  if (stop.aborted) stopped()
  ender.after(item.timeout_s)
  try {
    const ending = await ender.ended
    await output.flush()
    reported.abort() // a beat that is under way would be refused as soon as the server knows of the end
    await report('finish', ending)
    return wordsOf(ending)
  } catch (error) {
    if (lost.signal.aborted) return undefined
    throw error
  } finally {
    reported.abort()
    stop.removeEventListener('abort', stopped)
  }
}

/** Ends a tree at most once, for the first reason given: TERM, and KILL a second later. */
function end(tree: Tree) {
  let verdict: Verdict | undefined
  let over = false
  const timers: NodeJS.Timeout[] = []

  function stop(why: Verdict) {
    if (over || verdict) return
    verdict = why
    tree.terminate()
    timers.push(setTimeout(tree.kill, GRACE_MS))
  }
  function after(seconds: number | null) {
    if (seconds) timers.push(setTimeout(() => stop({ error: `timed out after ${seconds} s` }), Math.min(seconds * 1000, LONGEST_TIMER_MS)))
  }
  const ended = tree.ended.then((ending) => {
    over = true
    for (const timer of timers) clearTimeout(timer)
    return resultOf(ending, verdict)
  })
  return { stop, after, ended, over: () => over }
}

interface Result {
  exit_code: number | null
  signal?: string
  error?: string
  cancelled?: true
}

/** A command that was ended for a reason has no exit code of its own. */
function resultOf({ exitCode, signal }: Ending, verdict: Verdict | undefined): Result {
  if (verdict && 'error' in verdict) return { exit_code: null, ...verdict }
  return { exit_code: exitCode, ...(signal && { signal }), ...verdict }
}

function wordsOf({ exit_code, error, cancelled }: Result): string {
  return cancelled ? 'cancelled' : (error ?? `exit code ${exit_code}`)
}
