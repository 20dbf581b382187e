import { type ChildProcess, spawn } from 'node:child_process'
import { watch } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const help = `telltale dev: start the server, and restart it after every edit in src, views or public

It accepts the flags of telltale serve. Open pages reload by themselves and keep what is typed in them.
`

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const WATCHED = ['src', 'views', 'public']
const SETTLE_MS = 80

export async function dev(args: string[]): Promise<number> {
  let child = start(args)
  let settled: NodeJS.Timeout | undefined
  let ending = false
  const again = async () => {
    await ended(child)
    if (!ending) child = start(args)
  }
  for (const folder of WATCHED) {
    watch(join(ROOT, folder), { recursive: true }, () => {
      clearTimeout(settled)
      settled = setTimeout(() => void again(), SETTLE_MS)
    })
  }
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve())
  })
  ending = true
  clearTimeout(settled)
  await ended(child)
  return 0
}

function start(args: string[]): ChildProcess {
  return spawn(process.execPath, [join(ROOT, 'src/launch.js'), 'serve', ...args], { stdio: 'inherit' })
}

async function ended(child: ChildProcess) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const over = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await over
}
