// The whole program, in a process that measures its own event loop and reports over IPC.
import { serve } from '../../src/cli/serve.ts'

const TICK_MS = 5

let last = process.threadCpuUsage()
let longest = 0

/** The CPU time of this thread since the last call, which does not depend on other load. */
function look() {
  const { user, system } = process.threadCpuUsage(last)
  last = process.threadCpuUsage()
  longest = Math.max(longest, (user + system) / 1000)
}

function work(ms: number) {
  const begin = process.threadCpuUsage()
  let spent = 0
  while (spent < ms) {
    const { user, system } = process.threadCpuUsage(begin)
    spent = (user + system) / 1000
  }
}

setInterval(look, TICK_MS).unref()
process.on('message', (asked: { work?: number }) => {
  if (asked.work) return work(asked.work)
  // One turn later, what led to this is measured, too.
  setTimeout(() => {
    look()
    process.send?.({ longest })
    longest = 0
  }, TICK_MS)
})
process.exitCode = await serve(process.argv.slice(2))
process.disconnect?.()
