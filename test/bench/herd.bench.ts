import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connect } from '../../src/cli/client.ts'

export const question = 'How often is a partial rendered when 1,000 pages ask for it after one change? (the aim is once)'

const REQUESTS = 1_000
const LAUNCHER = fileURLToPath(new URL('../../src/launch.js', import.meta.url))

export async function measure() {
  const data = join(mkdtempSync(join(tmpdir(), 'telltale-bench-')), 'data')
  const server = spawn(process.execPath, [LAUNCHER, 'serve', '--port', '0', '--data', data, '--workers', '0'], { stdio: ['ignore', 'pipe', 'ignore'] })
  try {
    await new Promise((resolve) => server.stdout.on('data', (chunk) => String(chunk).includes('Sign in') && resolve(undefined)))
    return await herd(data)
  } finally {
    server.kill('SIGTERM')
    await new Promise((resolve) => server.once('exit', resolve))
    rmSync(join(data, '..'), { recursive: true, force: true })
  }
}

async function herd(data: string) {
  const client = connect({ data })
  const renders = async () => (await client.call<{ renders: number }>('GET', '/api/hub')).body.renders
  for (let i = 0; i < 50; i++) await client.call('POST', '/api/tasks', { title: `task ${i}`, command: 'true' })
  const before = await renders()
  await client.call('POST', '/api/tasks', { title: 'the change', command: 'true' })
  const agent = new Agent({ keepAlive: true, maxSockets: 100 })
  const since = performance.now()
  const statuses = await Promise.all(Array.from({ length: REQUESTS }, () => partial(data, agent)))
  const ms = performance.now() - since
  agent.destroy()
  const rendered = (await renders()) - before
  client.close()
  return { requests: REQUESTS, answered: statuses.filter((status) => status === 200).length, renders: rendered, 'all answered after ms': ms.toFixed(0) }
}

function partial(data: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    get({ socketPath: join(data, 'control.sock'), path: '/ui/tasks', agent, headers: { Host: 'telltale', 'Accept-Encoding': 'br' } }, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode ?? 0))
    }).once('error', reject)
  })
}
