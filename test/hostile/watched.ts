import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { temporaryFolder, until } from '../support/server.ts'
import { TYPESCRIPT } from '../support/typescript.ts'

const SERVER = fileURLToPath(new URL('server.ts', import.meta.url))

export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
}

export interface Watched {
  data: string
  /** A request of the owner. A body that is no text is sent as JSON. */
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  /** The longest turn of the server's event loop since the last call, in ms of CPU time. */
  longestTurn(): Promise<number>
  /** Blocks the server for this many ms in one turn. */
  work(ms: number): void
}

/** A server in a child process that measures its event loop. */
export async function watched(): Promise<Watched> {
  const data = join(temporaryFolder(), 'data')
  const child = fork(SERVER, ['--port', '0', '--data', data, '--workers', '0'], { execArgv: TYPESCRIPT, silent: true })
  let output = ''
  for (const pipe of [child.stdout, child.stderr]) pipe?.on('data', (text) => (output += text))
  onTestFinished(async () => {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  })
  const socketPath = join(data, 'control.sock')
  const send: Watched['send'] = (method, path, body, headers = {}) =>
    new Promise((resolve, reject) => {
      const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
      const all = { host: 'telltale', ...(text !== undefined && { 'content-type': 'application/json' }), ...headers }
      const asked = request({ socketPath, method, path, headers: all }, async (answer) => {
        const chunks = await answer.toArray().catch(reject)
        if (chunks) resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: Buffer.concat(chunks).toString() })
      })
      asked.on('error', reject).end(text)
    })
  await until(
    async () => existsSync(socketPath) && (await send('GET', '/readyz').catch(() => ({ status: 0 }))).status === 200,
    () => output,
    120_000,
  )
  async function longestTurn(): Promise<number> {
    child.send({})
    const [{ longest }] = (await once(child, 'message')) as [{ longest: number }]
    return longest
  }
  return { data, send, longestTurn, work: (ms) => void child.send({ work: ms }) }
}
