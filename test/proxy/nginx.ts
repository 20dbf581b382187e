import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { nginxPath } from '../support/machine/nginx.js'

/** True where nginx is installed; what needs it says at the end of the run that it was left out. */
export const hasNginx = () => nginxPath() !== undefined

const START_MS = 30_000
const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']

/** The settings of Debian's nginx.conf that affect requests. */
const AS_INSTALLED = 'sendfile on; tcp_nopush on; gzip on;'

/**
 * nginx as it is installed, with nothing else set but where it may write, in a folder of its own: `server` is the
 * inside of its one server block. Ends with `stop`.
 */
export async function nginx(
  folder: string,
  { port, server, modules = [], workers = false }: { port: number; server: string; modules?: string[]; workers?: boolean },
) {
  mkdirSync(folder, { recursive: true })
  const temporary = TEMPORARY.map((name) => `${name}_temp_path ${join(folder, name)};`).join(' ')
  const load = modules.map((path) => `load_module ${path};`).join(' ')
  writeFileSync(
    join(folder, 'nginx.conf'),
    `${load} daemon off; master_process ${workers ? 'on' : 'off'}; worker_rlimit_nofile 20000; pid ${join(folder, 'pid')}; error_log ${join(folder, 'error.log')};
    events { worker_connections 12000; }
    http { access_log off; ${AS_INSTALLED} ${temporary}
      server { listen 127.0.0.1:${port}; ${server} }
    }`,
  )
  const child = spawn(nginxPath() ?? 'nginx', ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const deadline = performance.now() + START_MS
  while (!(await answers(port))) {
    if (performance.now() > deadline || child.exitCode !== null) throw new Error(`nginx did not start: ${folder}/error.log`)
    await pause(10)
  }
  return {
    /** Itself and its worker. */
    pids: () => [child.pid as number, ...readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)],
    async stop() {
      child.kill('SIGTERM')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    },
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
