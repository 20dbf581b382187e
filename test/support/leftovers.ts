import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** The worker processes that servers on this data folder launched: they outlive one that was killed. */
export function workersOf(data: string): number[] {
  if (!existsSync('/proc')) return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && commandLine(name).includes('\0worker\0--id=') && commandLine(name).includes(`\0--data=${data}\0`))
    .map(Number)
}

/** Ends each of them; their guardians end their commands. */
export function endWorkersOf(data: string) {
  for (const pid of workersOf(data)) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // it has just ended
    }
  }
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
