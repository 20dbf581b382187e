import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

export interface Left {
  pid: number
  name: string
}

const ROUND_MS = 20
const ROUNDS = 25

/** Kills what `find` returns until nothing is left but processes of other accounts; returns those. */
export async function sweep(find: () => number[]): Promise<Left[]> {
  for (let round = 0; round < ROUNDS; round++) {
    const killed = find().filter((pid) => signal(pid, 'SIGKILL'))
    if (killed.length === 0) break
    await pause(ROUND_MS)
  }
  return named(find())
}

export function named(pids: readonly number[]): Left[] {
  return [...new Set(pids)].flatMap((pid) => {
    const status = statusOf(String(pid))
    return status && !status.isZombie ? [{ pid, name: status.name }] : []
  })
}

/** Empty except on Linux. */
export function descendants(root: number): number[] {
  const parents = new Map(pids().map((pid) => [Number(pid), statusOf(pid)]))
  const isBelow = (pid: number) => {
    let at = pid
    while (at > 1 && at !== root) at = parents.get(at)?.parent ?? 0
    return at === root && pid !== root
  }
  return [...parents].filter(([pid, status]) => status && !status.isZombie && isBelow(pid)).map(([pid]) => pid)
}

/** Processes with `key` in their environment or in the name of a pipe that they write to; empty except on Linux. */
export const marked = (key: string): number[] =>
  pids()
    .filter((pid) => Number(pid) !== process.pid && (read(`/proc/${pid}/environ`).includes(key) || writesTo(pid, key)))
    .map(Number)

export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}

function pids(): string[] {
  return process.platform === 'linux' ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : []
}

function statusOf(pid: string): { name: string; parent: number; isZombie: boolean } | undefined {
  const status = read(`/proc/${pid}/status`)
  const field = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1]
  return status === '' ? undefined : { name: field('Name') ?? '?', parent: Number(field('PPid')), isZombie: field('State')?.startsWith('Z') ?? true }
}

function writesTo(pid: string, key: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => isWriter(`/proc/${pid}/fd/${fd}`, key))
  } catch {
    return false
  }
}

function isWriter(link: string, key: string): boolean {
  try {
    return readlinkSync(link).includes(key) && (lstatSync(link).mode & 0o200) !== 0
  } catch {
    return false
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return '' // it ended, or belongs to another account
  }
}
