import { statSync } from 'node:fs'
import { hostname } from 'node:os'
import { Refused } from '../client/wire.js'
import type { Isolation } from '../process/isolate.ts'
import type { Stdin } from '../process/stdin.ts'
import type { Left } from '../process/sweep.ts'
import { plant, StartFailure, type Tree } from '../process/tree.ts'
import { ender, type Result, stopped, unreachable, wordsOf } from './ending.ts'
import { feed, PromptWatch } from './input.ts'
import { type Beat, keep, type Lease, TRUST, WAIT } from './lease.ts'
import type { Link, Say } from './link.ts'
import { type Batch, Output } from './output.ts'
import { latest, type Progress } from './progress.ts'
import { type Claimed, once, patienceOf, quick, reporter } from './report.ts'

export interface Claim {
  item: {
    id: string
    title: string
    argv: readonly string[]
    attempt: number
    timeout_s: number | null
    cwd: string | null
    env: Record<string, string>
    stdin?: Stdin
  }
  fence: number
  lease_ttl_ms: number
}

export interface Site {
  workerId: string
  link: Link
  isolation: Isolation
  environment: Record<string, string>
  folder(): string
  say: Say
  stop: AbortSignal
  onState(state: string): void
}

/** The share of the lease after which, without a beat, the guardian ends what a frozen or dead worker cannot. */
const SILENCE = 0.8
const KILLED = 137

/** Runs a claimed task and reports its end. Never throws: if it cannot report, the lease expires. */
export async function perform(site: Site, claim: Claim): Promise<void> {
  const { item, fence, lease_ttl_ms: ttlMs } = claim
  const lease = { path: `/api/tasks/${item.id}`, hold: { worker_id: site.workerId, fence }, ttlMs }
  const done = new AbortController()
  const patience = patienceOf(site, lease, done.signal)
  try {
    const secrets = await secretsOf(site, claim, lease, patience)
    const tree = await start(site, claim, { lease, secrets, patience })
    const renewedAt = await begin(site, lease, tree, patience)
    site.say(`${item.id} began`) // only the id: a worker's log outlives a deleted task
    const outcome = await follow(site, { ...lease, renewedAt }, { claim, tree, patience, secrets })
    if (outcome) site.say(`${item.id} ended: ${outcome}`)
  } catch (error) {
    site.say(`${item.id} was abandoned: ${(error as Error).message}`)
  } finally {
    done.abort()
  }
}

/** Their values by variable, for which the server is asked now, so that a claim stays free of them. */
async function secretsOf(site: Site, { item }: Claim, lease: Claimed, patience: AbortSignal): Promise<Record<string, string>> {
  if (!Object.values(item.env).some((value) => value.startsWith('secret:'))) return {}
  try {
    const { body } = await site.link.insist<{ values: Record<string, string> }>(`${lease.path}/secrets`, lease.hold, { signal: patience, ...quick(lease) })
    return body.values
  } catch (error) {
    if (error instanceof Refused && error.status === 422) await reportFailure(site, lease, error.message, patience)
    throw error
  }
}

interface Start {
  lease: Claimed
  secrets: Record<string, string>
  patience: AbortSignal
}

async function start(site: Site, claim: Claim, { lease, secrets, patience }: Start): Promise<Tree> {
  const { argv, cwd, stdin } = claim.item
  try {
    const folder = cwd ?? site.folder()
    mustBeFolder(folder)
    return await plant(site.isolation, { argv, environment: environmentOf(site, claim, secrets), folder, stdin, silenceMs: lease.ttlMs * SILENCE })
  } catch (error) {
    if (error instanceof StartFailure) await reportFailure(site, lease, error.message, patience)
    throw error
  }
}

const reportFailure = ({ link }: Site, lease: Claimed, error: string, patience: AbortSignal) =>
  link.insist(`${lease.path}/finish`, { ...lease.hold, exit_code: null, error, began: false }, { signal: patience, ...quick(lease), ...once() })

/** Node would say that the command does not exist. Throws StartFailure. */
function mustBeFolder(path: string) {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw new StartFailure(new Error(`there is no folder ${path} on ${hostname()}`))
}

function environmentOf({ environment }: Site, { item, fence }: Claim, secrets: Record<string, string>): Record<string, string> {
  return {
    ...environment,
    TERM: 'xterm-256color',
    ...item.env,
    ...secrets,
    TELLTALE_TASK_ID: item.id,
    TELLTALE_ATTEMPT: String(item.attempt),
    TELLTALE_FENCE: String(fence),
  }
}

/** Starts the command once the server has confirmed the run; returns when that request was sent. */
async function begin({ link, stop }: Site, lease: Claimed, tree: Tree, patience: AbortSignal): Promise<number> {
  const { path, hold, ttlMs } = lease
  const since = performance.now()
  const signal = AbortSignal.any([stop, AbortSignal.timeout(ttlMs * TRUST)])
  try {
    const { sentAt } = await link.insist(`${path}/run`, { ...hold, pid: tree.pid }, { signal, ...quick(lease) })
    tree.beat()
    return sentAt
  } catch (error) {
    tree.kill()
    if (error instanceof Refused) throw error
    const result = { exit_code: null, ...(stop.aborted ? stopped(stop) : unreachable(performance.now() - since)) }
    await link.insist(`${path}/finish`, { ...hold, ...result, began: false }, { signal: patience, ...quick(lease), ...once() })
    throw new Error(wordsOf(result))
  }
}

interface Running {
  claim: Claim
  tree: Tree
  patience: AbortSignal
  secrets: Record<string, string>
}

/** Sends beats and output. Returns how the attempt ended, or nothing if the task was given to another worker. */
async function follow(site: Site, lease: Lease, { claim: { item }, tree, patience, secrets }: Running): Promise<string | undefined> {
  const [lost, over] = [new AbortController(), new AbortController()]
  const command = ender(tree, item.timeout_s, site.stop)
  let heardAt = lease.renewedAt

  function refused(why: string) {
    if (lost.signal.aborted) return
    site.say(`${item.id} is no longer this worker's: ${why}`)
    command.kill()
    lost.abort()
  }
  /** A command that has ended is reported until the server responds, even after the lease. */
  function silent(ms: number) {
    command.kill(unreachable(ms), () => site.say(`${item.id} is killed: the server did not respond for ${Math.round(ms / 1000)} s`))
  }
  function beat({ cancel, worker }: Beat, sentAt: number) {
    heardAt = sentAt
    tree.beat()
    if (cancel) command.stop({ cancelled: true })
    site.onState(worker)
  }
  const report = reporter(site.link, lease, AbortSignal.any([lost.signal, patience]), refused)
  const send = ({ offset, stream, data }: Batch) => report('log', { attempt: item.attempt, offset, stream, data: data.toString('base64') })
  const ended = AbortSignal.any([lost.signal, over.signal])
  const { output, fed } = connect(site, lease, { tree, send, secrets: Object.values(secrets) }, ended)
  void keep(site.link, lease, { beat, refused, silent }, ended)
  try {
    const { left, ...ended } = await command.ended
    const result = byGuardian(ended, performance.now() - heardAt, lease)
    if (left.length > 0) output.add('stderr', outlived(left))
    await output.flush()
    over.abort() // a beat in flight would be refused as soon as the server knows of the end
    await fed
    await report('finish', result, { ...quick(lease), ...once() })
    return wordsOf(result)
  } catch (error) {
    if (lost.signal.aborted) return undefined
    throw error
  } finally {
    over.abort()
  }
}

interface Ends {
  tree: Tree
  send(batch: Batch): Promise<void>
  secrets: readonly string[]
}

/** Sends what the command prints, and passes on what people type. */
function connect(site: Site, lease: Lease, { tree, send, secrets }: Ends, ended: AbortSignal): { output: Output; fed: Promise<void> | undefined } {
  const prompt = tree.input && promptWatch(site, lease, ended)
  const output = new Output(tree, { send, progress: progressReport(site, lease, ended), printed: (bytes) => prompt?.printed(bytes), secrets })
  const fed = tree.input && feed(site.link, lease, { input: tree.input, hide: (typed) => output.hide(typed) }, ended)
  return { output, fed }
}

const progressReport = ({ link }: Site, lease: Lease, signal: AbortSignal) =>
  latest<Progress>((progress) => link.post(`${lease.path}/heartbeat`, { ...lease.hold, progress }, { timeoutMs: lease.ttlMs * WAIT, signal }), signal)

function promptWatch({ link }: Site, lease: Lease, signal: AbortSignal): PromptWatch {
  const report = latest<string>((status) => link.insist(`${lease.path}/heartbeat`, { ...lease.hold, status }, { ...quick(lease), signal }), signal)
  const watch = new PromptWatch({ asks: () => report('waiting-for-input'), goesOn: () => report('running') })
  signal.addEventListener('abort', () => watch.stop(), { once: true })
  return watch
}

function outlived(left: readonly Left[]): string {
  const names = left.map(({ pid, name }) => `${name} (${pid})`).join(', ')
  return `telltale: ${names} could not be killed by this account and may still run. To kill: sudo kill -9 ${left.map(({ pid }) => pid).join(' ')}\n`
}

function byGuardian(result: Result, silentMs: number, { ttlMs }: Lease): Result {
  return result.exit_code === KILLED && silentMs > ttlMs * SILENCE ? { exit_code: null, ...unreachable(silentMs) } : result
}
