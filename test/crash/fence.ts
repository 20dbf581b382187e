import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import type { Wire } from '../../src/client/wire.js'
import { TYPESCRIPT } from '../support/typescript.ts'
import type { Entry } from './claimer.ts'
import { removeFolder, serve, temporaryFolder } from './server.ts'

export interface FenceReport {
  claims: number
  /** Refused writes under a stale fence. */
  stale: number
  /** How often one claimer was stopped and continued. */
  pauses: number
  /** Violations. */
  wrong: string[]
  history: Entry[]
}

const CLAIMERS = 8
const LEASE_MS = 400
const CLAIMER = fileURLToPath(new URL('claimer.ts', import.meta.url))

/** Lets eight processes claim with random pauses, one of them frozen at times, until there are enough claims and a stale write. */
export async function fence(claims: number): Promise<FenceReport> {
  const data = temporaryFolder()
  const server = await serve(data, '--lease-ms', String(LEASE_MS))
  const history: Entry[] = []
  const claimers: ChildProcess[] = []
  try {
    await createTasks(server.client, claims)
    for (let i = 0; i < CLAIMERS; i++) claimers.push(startClaimer(data, `claimer ${i}`, history))
    const ends = claimers.map((claimer) => once(claimer, 'exit'))
    const pauses = await stopAndContinue(claimers[0] as ChildProcess, () => claimed(history) >= claims && hasStale(history))
    for (const claimer of claimers) claimer.stdin?.end()
    await Promise.all(ends)
    await server.end('SIGTERM')
    const wrong = [...judge(history, LEASE_MS), ...overlaps(join(data, 'telltale.db'))]
    return { claims: claimed(history), stale: history.filter(({ status }) => status === 409).length, pauses, wrong, history }
  } finally {
    for (const claimer of claimers) claimer.kill('SIGKILL')
    await server.end('SIGKILL')
    removeFolder(data)
  }
}

/** The violations in a history: two holders at once, an accepted stale write, a refused live one. */
export function judge(history: readonly Entry[], leaseMs: number): string[] {
  const wrong: string[] = []
  const claims = history.filter(({ verb }) => verb === 'claim')
  const renewals = history.filter(({ verb, status }) => status < 300 && ['claim', 'run', 'heartbeat'].includes(verb))
  for (const entry of history) {
    const { verb, task, fence, worker, sent, answered, status } = entry
    const what = `${verb} of ${task} by ${worker} under fence ${fence}`
    const newer = claims.some((claim) => claim.task === task && claim.fence > fence && claim.answered < sent)
    const same = claims.some((claim) => claim.task === task && claim.fence === fence && claim.worker !== worker)
    const live = renewals.some(
      (renewal) => renewal.task === task && renewal.fence === fence && renewal !== entry && renewal.sent < sent && answered - renewal.sent < leaseMs,
    )
    if (same) wrong.push(`${what}: another worker has the same fence`)
    if (status !== 409 && status >= 300) wrong.push(`${what} was answered ${status}`)
    if (status < 300 && newer) wrong.push(`${what} was taken, though a newer fence was valid`)
    if (status === 409 && live) wrong.push(`${what} was refused, though its lease was not over`)
  }
  const finished = history.filter(({ verb, status }) => verb === 'finish' && status < 300).map(({ task }) => task)
  for (const task of new Set(finished.filter((task, i) => finished.indexOf(task) !== i))) wrong.push(`${task} was finished twice`)
  return wrong
}

/** The attempts that began before the one before them was over. */
function overlaps(path: string): string[] {
  const file = new Database(path, { readonly: true })
  const found = file
    .prepare(
      `SELECT later.task_id AS task, later.attempt FROM attempts AS later JOIN attempts AS earlier
       ON earlier.task_id = later.task_id AND earlier.attempt < later.attempt
       WHERE earlier.finished_at IS NULL OR earlier.finished_at > later.claimed_at OR earlier.fence >= later.fence`,
    )
    .all() as { task: string; attempt: number }[]
  file.close()
  return found.map(({ task, attempt }) => `attempt ${attempt} of ${task} began before an earlier one was over`)
}

/** Without these, the campaign proves nothing. */
const hasStale = (history: readonly Entry[]) => history.some(({ status }) => status === 409) && history.some(({ verb, fence }) => verb === 'claim' && fence > 1)

const claimed = (history: readonly Entry[]) => history.filter(({ verb }) => verb === 'claim').length

async function createTasks(client: Wire, count: number) {
  for (let i = 0; i < count; i++) await client.call('POST', '/api/tasks', { title: `task ${i}`, argv: ['true'], idempotent: true, retries: 10 })
}

function startClaimer(data: string, name: string, history: Entry[]): ChildProcess {
  const claimer = spawn(process.execPath, [...TYPESCRIPT, CLAIMER, data, name, String(LEASE_MS)], { stdio: ['pipe', 'pipe', 'inherit'] })
  createInterface({ input: claimer.stdout }).on('line', (line) => history.push(JSON.parse(line) as Entry))
  return claimer
}

/** Freezes the process repeatedly for longer than a lease; returns how often. */
async function stopAndContinue(claimer: ChildProcess, enough: () => boolean): Promise<number> {
  let pauses = 0
  while (!enough()) {
    await pause(LEASE_MS * (0.5 + Math.random()))
    claimer.kill('SIGSTOP')
    await pause(LEASE_MS * (1.5 + Math.random()))
    claimer.kill('SIGCONT')
    pauses++
  }
  return pauses
}
