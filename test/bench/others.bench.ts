import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasNginx, nginx } from '../proxy/nginx.ts'
import { fanOut, type Runner, runner } from './support/fan-out.ts'
import { MARK } from './support/process.ts'

export const question = `The same for better-sse's channel, Hono's streamSSE and Nchan in nginx: 1,000 readers, single events and bursts of 200, one run.
CPU per delivered frame; for Nchan, without the cost of its HTTP requests. (Aim: to be ahead of all three.)`

const READERS = 1_000
const MODULE = '/usr/lib/nginx/modules/ngx_nchan_module.so'
const NCHAN_PORT = 18_355
/** In which /proc counts CPU. */
const TICK_MS = 10

export async function measure() {
  const runners = await Promise.all(['telltale', 'bare', 'better-sse', 'streamSSE'].map(runner))
  const withNchan = hasNginx() && existsSync(MODULE)
  if (withNchan) runners.push(await nchan())
  else console.log('Nchan is not installed here: left out.')
  try {
    const singles = await fanOut(runners, { readers: READERS, events: 40, burst: false, rounds: 4 })
    const bursts = await fanOut(runners, { readers: READERS, events: 200, burst: true, rounds: 2 })
    return runners.map(({ name }, i) => ({
      server: name,
      'single: µs a frame': singles.found[i]?.us.toFixed(2),
      'single: p99 ms': singles.found[i]?.p99Ms.toFixed(1),
      'burst: µs a frame': bursts.found[i]?.us.toFixed(2),
      'burst: p99 ms': bursts.found[i]?.p99Ms.toFixed(0),
      "the readers' process": `${singles.client}, ${bursts.client}`,
    }))
  } finally {
    for (const it of runners) await it.stop()
  }
}

async function nchan(): Promise<Runner> {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-nchan-'))
  const server = `location /sub { nchan_subscriber eventsource; nchan_channel_id c; nchan_subscriber_first_message newest; } location /pub { nchan_publisher; nchan_channel_id c; nchan_message_buffer_length 400; }`
  const proxy = await nginx(folder, { port: NCHAN_PORT, server, modules: [MODULE], workers: true })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  return {
    name: 'Nchan',
    open: { port: NCHAN_PORT, path: '/sub', headers: { accept: 'text/event-stream' } },
    async publish(count) {
      const began = Number(process.hrtime.bigint()) / 1e6
      await Promise.all(Array.from({ length: count }, (_, i) => post(agent, i)))
      return began
    },
    cpuMs: async () => proxy.pids().reduce((sum, pid) => sum + cpuOf(pid), 0),
    async stop() {
      agent.destroy()
      await proxy.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** As long as the event that the others send. */
function post(agent: Agent, n: number): Promise<void> {
  const body = JSON.stringify({ seq: n, mark: MARK, pad: 'x'.repeat(220) })
  return new Promise((resolve, reject) => {
    const headers = { 'X-EventSource-Event': 'reading.taken', 'Content-Type': 'application/json' }
    request({ host: '127.0.0.1', port: NCHAN_PORT, path: '/pub', method: 'POST', agent, headers }, (answer) => answer.resume().once('end', resolve))
      .once('error', reject)
      .end(body)
  })
}

function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}
