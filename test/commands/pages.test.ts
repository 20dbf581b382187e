import { spawn, spawnSync } from 'node:child_process'
import { expect, onTestFinished, test } from 'vitest'
import { controlSocket } from '../../src/config/command.ts'
import { running, until } from '../support/server.ts'

const PAGES = ['/home', '/tasks', '/workers', '/queues', '/events/kinds', '/settings/access']
/** What a shell has that knows nothing of this server or its Node. */
const SHELL = { cwd: '/', env: { PATH: '/usr/bin:/bin', HOME: '/' } }
const curl = (...args: string[]) => spawnSync('curl', ['-s', ...args], { encoding: 'utf8' }).stdout
const CURL_TIMED_OUT = 28
const ENTITIES: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#34;': '"', '&#39;': "'", '&amp;': '&' }

/** The commands in a page: each is the whole text of an element. */
const commandsIn = (page: string) =>
  [...page.matchAll(/<(?:code|pre)[^>]*>\s*((?:\S*\/src\/telltale|curl) [^<]*?)\s*</g)].map(([, text = '']) =>
    text.replace(/&(?:lt|gt|quot|amp|#34|#39);/g, (entity) => ENTITIES[entity] ?? entity),
  )

test('every command that a page shows works in any folder', async () => {
  const server = await running('--workers', '1')
  const pages = PAGES.map((path) => curl('--unix-socket', controlSocket(server.data), '-H', 'Accept: text/html', `http://telltale${path}`))
  const commands = [...new Set([...pages, curl(`${server.url}/in`)].flatMap(commandsIn))]
  const verbs = commands.map((command) => /src\/telltale (\w+)/.exec(command)?.[1] ?? 'curl')
  expect(verbs.sort()).toEqual(['curl', 'emit', 'open', 'run', 'run', 'secret', 'worker'])

  const worker = spawn('/bin/sh', ['-c', `exec ${commands.find((command) => command.includes(' worker '))}`], SHELL)
  onTestFinished(() => void worker.kill())
  let output = ''
  for (const pipe of [worker.stdout, worker.stderr]) pipe.on('data', (chunk) => (output += chunk))
  await until(
    () => output.includes('worker w_2'),
    () => output,
  )
  for (const command of commands.filter((command) => !command.includes(' worker '))) {
    const isEndless = command.includes(' -N ')
    const { status, stderr } = spawnSync('/bin/sh', ['-c', command + (isEndless ? ' --max-time 1' : '')], {
      ...SHELL,
      input: 'correct horse',
      encoding: 'utf8',
    })
    expect({ command, status, stderr: isEndless ? '' : stderr }).toEqual({ command, status: isEndless ? CURL_TIMED_OUT : 0, stderr: '' })
  }
  const { body } = await server.client.call<{ items: { command: string; state: string; exit_code: number }[] }>('GET', '/api/tasks')
  expect(body.items.map(({ command, state, exit_code }) => [command, state, exit_code])).toEqual([
    ['echo hello', 'succeeded', 0],
    ['echo hello', 'succeeded', 0],
  ])
})

test('a stranger is not told where the data is', async () => {
  const server = await running('--workers', '0', '--public-url', 'https://box.example.net')
  const signIn = (host: string) => curl('-H', `Host: ${host}`, `${server.url}/in`)
  expect(signIn('box.example.net')).toContain('telltale open')
  expect(signIn('box.example.net')).not.toContain(server.data)
  expect(signIn('attacker.example')).not.toContain(server.data)
})
