import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/** A unique word in a command, by which its processes are found in any namespace. */
export const token = () => `tok${randomBytes(8).toString('hex')}`

/** The processes of this machine whose command line has the word, without the guardian and what starts it. */
export function alive(word: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const line = commandLine(pid)
      return line.includes(word) && !line.includes('telltale\0')
    })
    .map(Number)
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

/** The deadline of a wait on a busy machine. */
const PATIENCE_MS = 60_000

/** Waits for the condition; throws once `withinMs` are over. Returns how long it took. */
export async function until(what: string, condition: () => boolean | Promise<boolean>, withinMs = PATIENCE_MS): Promise<number> {
  const began = performance.now()
  while (!(await condition())) {
    if (performance.now() - began > withinMs) throw new Error(`after ${withinMs} ms still not so: ${what}`)
    await pause(10)
  }
  return performance.now() - began
}

/** A shell line that leaves processes in every way of getting away: setsid, a double fork, TERM ignored. Each has a word of its own. */
export const escapist = (word: string) => `
  trap '' TERM
  setsid sh -c 'trap "" TERM; while :; do sleep 1; done' ${word}-1 &
  (setsid sh -c '(while :; do sleep 1; done) & exit' ${word}-2 &)
  sh -c 'trap "" TERM; while :; do sleep 1; done' ${word}-3 &
  echo ready
  while :; do sleep 1; done`

/** Whether each of the escapist's processes is there, in its own program: a count would take a shell that is about to become another for two. */
export function hasSpread(word: string): boolean {
  const lines = alive(word).map((pid) => commandLine(String(pid)))
  return [1, 2, 3].every((n) => lines.some((line) => line.startsWith('sh\0') && line.endsWith(`\0${word}-${n}\0`)))
}
