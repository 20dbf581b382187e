import { createServer } from 'node:net'

/** Below the ephemeral ports (from 32768 on Linux), so that no other process takes a port while its server restarts. */
const FIRST = 12_000
/** Test processes have different ports, unless their pids are this many blocks apart. */
const BLOCKS = 1_000
const PORTS_A_BLOCK = 20

let next = 0

/** A free port that stays free while the server that uses it is down. */
export async function steadyPort(): Promise<number> {
  for (let tries = 0; tries < PORTS_A_BLOCK; tries++) {
    const port = FIRST + (process.pid % BLOCKS) * PORTS_A_BLOCK + (next++ % PORTS_A_BLOCK)
    if (await isFree(port)) return port
  }
  throw new Error('every port of this process is taken')
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
      .once('error', () => resolve(false))
      .listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
