import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/** A word that stands in a command, so that its processes can be found from outside, in whatever namespace they are. */
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

/** Waits for the condition; throws once `withinMs` are over. Answers how long it took. */
export async function until(what: string, condition: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<number> {
  const began = performance.now()
  while (!(await condition())) {
    if (performance.now() - began > withinMs) throw new Error(`after ${withinMs} ms still not so: ${what}`)
    await pause(10)
  }
  return performance.now() - began
}

/** A shell line that leaves processes in every way of getting away: setsid, a double fork, TERM ignored. */
export const escapist = (word: string) => `
  trap '' TERM
  setsid sh -c 'trap "" TERM; while :; do sleep 1; done' ${word} &
  (setsid sh -c '(while :; do sleep 1; done) & exit' ${word} &)
  sh -c 'trap "" TERM; while :; do sleep 1; done' ${word} &
  echo ready
  while :; do sleep 1; done`
