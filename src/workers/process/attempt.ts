import { Refused } from '../../cli/client.ts'
import type { Isolation } from './isolate.ts'
import { type Beat, keep, type Lease } from './lease.ts'
import type { Link, Say } from './link.ts'
import { Output } from './output.ts'
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
  const { item, fence, lease_ttl_ms: ttlMs } = claim
  const lease = { path: `/api/tasks/${item.id}`, hold: { worker_id: site.workerId, fence }, ttlMs }
  const [lost, over] = [new AbortController(), new AbortController()]
  const ender = end(tree, item.timeout_s, site.stop)

  function abandon(why: string) {
    if (lost.signal.aborted) return
    site.say(`${item.id} is not this worker's any more, and is killed: ${why}`)
    tree.kill()
    lost.abort()
  }
  function beat({ cancel, worker }: Beat) {
    tree.beat()
    if (cancel) ender.stop({ cancelled: true })
    site.told(worker)
  }
  const report = reporter(site.link, lease, lost.signal, abandon)
  const output = new Output(tree, ({ offset, stream, data }) => report('log', { attempt: item.attempt, offset, stream, data: data.toString('base64') }))
  // A command that has ended does no harm: its report is tried until the server answers, whatever the lease says.
  void keep(site.link, lease, { beat, lost: (why, refused) => (refused || !ender.over()) && abandon(why) }, AbortSignal.any([lost.signal, over.signal]))
  try {
    const result = await ender.ended
    await output.flush()
    over.abort() // a beat that is under way would be refused as soon as the server knows of the end
    await report('finish', result)
    return wordsOf(result)
  } catch (error) {
    if (lost.signal.aborted) return undefined
    throw error
  } finally {
    over.abort()
  }
}

/** Writes about the task under its fence, until `lost`; a refusal is handed to `refused`, and thrown. */
function reporter({ insist }: Link, { path, hold }: Lease, lost: AbortSignal, refused: (why: string) => void) {
  return async (verb: 'log' | 'finish', body: object): Promise<void> => {
    try {
      await insist(`${path}/${verb}`, { ...hold, ...body }, { signal: lost })
    } catch (error) {
      if (error instanceof Refused) refused(error.message)
      throw error
    }
  }
}

/** Ends a tree at most once, for the first reason that comes up: TERM, and KILL a second later. */
function end(tree: Tree, timeoutS: number | null, workerStops: AbortSignal) {
  let verdict: Verdict | undefined
  let over = false
  const timers: NodeJS.Timeout[] = []

  function stop(why: Verdict) {
    if (over || verdict) return
    verdict = why
    tree.terminate()
    timers.push(setTimeout(tree.kill, GRACE_MS))
  }
  const workerStopped = () => stop({ error: 'worker stopped' })
  const ended = tree.ended.then((ending) => {
    over = true
    for (const timer of timers) clearTimeout(timer)
    workerStops.removeEventListener('abort', workerStopped)
    return resultOf(ending, verdict)
  })
  if (timeoutS) timers.push(setTimeout(() => stop({ error: `timed out after ${timeoutS} s` }), Math.min(timeoutS * 1000, LONGEST_TIMER_MS)))
  workerStops.addEventListener('abort', workerStopped)
  if (workerStops.aborted) workerStopped()
  return { stop, ended, over: () => over }
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
