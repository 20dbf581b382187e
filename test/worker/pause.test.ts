import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { alive, token, until } from '../support/processes.ts'
import { Site } from './site.ts'

/** A busy machine may hold a worker up for a second or two. */
const LEASE_MS = 6000
/** Longer than a lease and its grace, after which the server gives a task away. */
const PAUSE_MS = LEASE_MS * 1.5

/** The process with everything that descends from it. */
function family(root: number): number[] {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')')).split(' ')[2]))
    } catch {
      // It has ended.
    }
  }
  const found = [root]
  for (const parent of found) for (const [pid, of] of parents) if (of === parent) found.push(pid)
  return found
}

/** Stops all of them, in rounds, as new processes may start meanwhile. Returns a function that continues them. */
function freeze(...roots: number[]): () => void {
  const frozen = new Set<number>()
  for (let before = -1; before < frozen.size; ) {
    before = frozen.size
    for (const pid of roots.flatMap(family)) if (!frozen.has(pid) && send(pid, 'SIGSTOP')) frozen.add(pid)
  }
  const thaw = () => void [...frozen].map((pid) => send(pid, 'SIGCONT'))
  onTestFinished(thaw)
  return thaw
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

/** A server, and a worker of each kind with a task that runs for ever. */
async function working() {
  const site = await Site.start('--lease-ms', String(LEASE_MS))
  const start = async (isolate: string) => {
    const word = token()
    const worker = site.worker('--isolate', isolate, '--queue', isolate).process.pid as number
    const id = await site.create(`: ${word}; while :; do sleep 0.1; done`, { queue: isolate })
    await until('it runs', async () => alive(word).length > 0 && (await site.task(id)).state === 'running')
    return { worker, id, lives: () => alive(word).length > 0 }
  }
  return { site, tasks: await Promise.all(['auto', 'off'].map(start)) }
}

test('a pause of the whole machine, longer than the lease, ends no task', async () => {
  const { site, tasks } = await working()
  const thaw = freeze(site.server.pid, ...tasks.map(({ worker }) => worker))
  await pause(PAUSE_MS)
  thaw()
  await pause(LEASE_MS) // a late end would come within a lease
  for (const { id, lives } of tasks) {
    expect(lives()).toBe(true)
    expect(await site.task(id)).toMatchObject({ state: 'running', attempts: [{ outcome: null }] })
  }
})

test('the control: a pause of the worker or its machine alone loses its task and ends the command', async () => {
  const { site, tasks } = await working()
  const [machine, worker] = tasks as [(typeof tasks)[0], (typeof tasks)[0]]
  const thaw = freeze(machine.worker)
  send(worker.worker, 'SIGSTOP')
  onTestFinished(() => void send(worker.worker, 'SIGCONT'))
  await until('its guardian ended it', () => !worker.lives())
  for (const { id } of tasks) await site.become(id, 'lost')
  expect(machine.lives()).toBe(true)
  thaw()
  await until('its worker heard that it was given away', () => !machine.lives())
})
