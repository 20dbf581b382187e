import { setTimeout as pause } from 'node:timers/promises'
import { isPassing, Wire } from '../../src/client/wire.js'

/** A process that posts numbered events while its stdin is open, and prints a dot for each acknowledged one. */
const [data = '', source = '', kind = 'reading.taken'] = process.argv.slice(2)
const RETRY_MS = 20

let over = false
process.stdin.resume().once('end', () => {
  over = true
})

const client = new Wire({ data })
let n = 0
while (!over) {
  n++
  await post(n)
  process.stdout.write('.')
  await pause(Math.random() * 10)
}
client.close()

async function post(n: number) {
  for (;;) {
    try {
      await client.call('POST', '/api/events', { source, source_id: String(n), kind, payload: { n } }, { timeoutMs: 2_000 })
      return
    } catch (error) {
      if (!isPassing(error)) throw error
      await pause(RETRY_MS)
    }
  }
}
