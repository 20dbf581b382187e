import { setTimeout as pause } from 'node:timers/promises'
import { Refused, Wire } from '../../src/client/wire.js'

/**
 * One claimer of the fence test, as its own process: `claimer.ts DATA NAME LEASE_MS`. It claims, writes and finishes,
 * sometimes after a pause that outlasts its lease, and prints what it asked and what it was told, until its input ends.
 */
export interface Entry {
  verb: 'claim' | 'run' | 'log' | 'heartbeat' | 'finish'
  worker: string
  task: string
  fence: number
  /** Monotonic ms of the machine, the same clock in every process. */
  sent: number
  answered: number
  status: number
}

const SHORT_MS = 15
const LONG_SHARE = 0.05
const [LEAST_LEASES, MOST_LEASES] = [1.5, 4]

const [data = '', name = '', lease = ''] = process.argv.slice(2)
const client = new Wire({ data })
let stopping = false
process.stdin.resume().once('end', () => {
  stopping = true
})

const { body: registered } = await client.call<{ item: { id: string } }>('POST', '/api/workers', { name, queues: ['default'] })
const worker = registered.item.id
while (!stopping) await work()
client.close()

async function work() {
  const sent = now()
  const { status, body } = await client.call<{ item: { id: string }; fence: number } | undefined>('POST', '/api/tasks/claim', {
    worker_id: worker,
    wait_s: 0.5,
  })
  if (!body) return
  const held = { worker, task: body.item.id, fence: body.fence }
  record({ verb: 'claim', ...held, sent, answered: now(), status })
  await write('run', held)
  await pause(Math.random() < LONG_SHARE ? Number(lease) * (LEAST_LEASES + Math.random() * (MOST_LEASES - LEAST_LEASES)) : Math.random() * SHORT_MS)
  await write('log', held, { offset: 0, stream: 'stdout', data: Buffer.from(held.task).toString('base64') })
  await write('heartbeat', held, { wait_s: 0 })
  await write('finish', held, { exit_code: 0 })
}

/** A refused write does not stop the next one. */
async function write(verb: Entry['verb'], held: Pick<Entry, 'worker' | 'task' | 'fence'>, more: object = {}) {
  const sent = now()
  const body = { worker_id: held.worker, fence: held.fence, ...more }
  const status = await client.call('POST', `/api/tasks/${held.task}/${verb}`, body).then(
    (answer) => answer.status,
    (error) => {
      if (error instanceof Refused) return error.status
      throw error
    },
  )
  record({ verb, ...held, sent, answered: now(), status })
}

function record(entry: Entry) {
  process.stdout.write(`${JSON.stringify(entry)}\n`)
}

function now(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
