import { mkdirSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'

/** The cgroup of this process, if it may make others in it. */
export function ownCgroup() {
  try {
    const own = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))[1]
    const mount = /^\S+ \S+ \S+ \S+ (\S+) .* - cgroup2 /m.exec(readFileSync('/proc/self/mountinfo', 'utf8'))[1]
    const trial = join(mount, own, `telltale-trial-${process.pid}`)
    mkdirSync(trial)
    rmdirSync(trial)
    return join(mount, own)
  } catch {
    return undefined
  }
}
