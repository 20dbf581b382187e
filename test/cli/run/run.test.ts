import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commandLine } from '../../../src/config/command.ts'
import { launch, removeFolder, type Server, serve, temporaryFolder } from '../../crash/server.ts'
import { alive, token, until } from '../../support/processes.ts'

let server: Server
let data: string
let worker: ChildProcess

beforeAll(async () => {
  data = temporaryFolder()
  server = await serve(data)
  worker = launch('worker', '--data', data)
})

afterAll(async () => {
  worker.kill('SIGKILL')
  await server.end('SIGKILL')
  removeFolder(data)
})

interface Ran {
  process: ChildProcess
  out(): string
  err(): string
  code: Promise<number>
}

function run(...args: string[]): Ran {
  const process = launch('run', '--data', data, ...args)
  let [out, err] = ['', '']
  process.stdout?.on('data', (text) => (out += text))
  process.stderr?.on('data', (text) => (err += text))
  return { process, out: () => out, err: () => err, code: once(process, 'close').then(([code]) => code) }
}

test('a command runs as if it ran here: its output, its errors, its exit code', async () => {
  const ran = run('--', 'sh', '-c', 'echo "$1"; echo oops >&2; exit 7', 'sh', 'a  b')
  expect([await ran.code, ran.out(), ran.err()]).toEqual([7, 'a  b\n', 'oops\n'])
})

test('every byte arrives, whatever it is', async () => {
  const ran = run('--', 'sh', '-c', 'head -c 3000000 /dev/zero; printf "\\377\\000end"')
  expect(await ran.code).toBe(0)
  expect(ran.out()).toHaveLength(3_000_000 + 5)
  expect(ran.out().endsWith('end')).toBe(true)
})

test('a task that is retried is followed to its end', async () => {
  const ran = run('--retries', '1', '--', 'sh', '-c', 'echo try $TELLTALE_ATTEMPT; exit 3')
  expect([await ran.code, ran.out(), ran.err()]).toEqual([3, 'try 1\ntry 2\n', 'telltale: attempt 1 failed (exit code 3); the next in 2 s\n'])
})

test('Ctrl-C cancels the task', async () => {
  const word = token()
  const ran = run('--', 'sh', '-c', 'echo go; while :; do sleep 0.1; done', word)
  await until('it runs', () => ran.out() === 'go\n')
  expect(alive(word).length).toBeGreaterThan(0)
  ran.process.kill('SIGINT')
  expect(await ran.code).toBe(130)
  expect(ran.err()).toMatch(/^telltale: cancelling t_\d+; press Ctrl-C again to detach\n$/)
  await until('its command is gone', () => alive(word).filter((pid) => pid !== ran.process.pid).length === 0)
})

test('Ctrl-C cancels a task that still waits, at once', async () => {
  const ran = run('--queue', 'nobody', '--', 'true')
  await until('it waits', async () => {
    const { body } = await server.client.call<{ items: unknown[] }>('GET', '/api/tasks?queue=nobody&state=queued')
    return body.items.length === 1
  })
  ran.process.kill('SIGINT')
  expect(await ran.code).toBe(130)
})

test('it follows through a restart of the server, and prints nothing twice', async () => {
  const ran = run('--', 'sh', '-c', 'for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.2; done')
  await until('it prints', () => ran.out().includes('2'))
  await server.end('SIGKILL')
  server = await serve(data)
  expect([await ran.code, ran.out()]).toEqual([0, '1\n2\n3\n4\n5\n6\n7\n8\n'])
})

test('its help names every exit code, and says that no input is passed on', async () => {
  const help = launch('run', '--help')
  let out = ''
  help.stdout?.on('data', (text) => (out += text))
  await once(help, 'close')
  for (const words of ['127', '137', '130', ' 1 ', ' 2 ', '69', 'no standard input']) expect(out).toContain(words)
})

test('a missing command and a killed one have the exit codes of a shell', async () => {
  expect(await run('--', 'no-such-command').code).toBe(127)
  expect(await run('--', 'sh', '-c', 'kill -9 $$').code).toBe(137)
})

test('wrong usage and an unreachable server are reported in one line with an exit code', async () => {
  const without = run()
  expect([await without.code, without.err()]).toEqual([2, 'telltale run: give the command after two dashes: telltale run -- COMMAND\n'])
  const nowhere = run('--data', '/nonexistent', '--', 'true')
  expect([await nowhere.code, nowhere.err()]).toEqual([
    69,
    `telltale: no server responds at /nonexistent/control.sock; to start it: ${commandLine('/nonexistent', 'serve')}\n`,
  ])
  const stranger = run('--queue', 'a b', '--', 'true')
  expect(await stranger.code).toBe(1)
  expect(stranger.err()).toMatch(/^telltale: .*queue.*\n$/)
})

test('a pipeline is followed to the end of its last step, and has the exit code of the one that failed', async () => {
  mkdirSync(join(data, 'task-types'), { recursive: true })
  const steps = "steps:\n  - { name: one, argv: ['true'] }\n  - { name: two, argv: [sh, -c, 'exit {code}'], needs: [one] }\n"
  writeFileSync(join(data, 'task-types', 'both.yaml'), `params: { code: { type: integer, default: 0 } }\n${steps}`)
  expect(await run('--type', 'both').code).toBe(0)
  const failed = run('--type', 'both', '--param', 'code=7')
  expect([await failed.code, failed.out()]).toEqual([7, ''])
  expect(failed.err()).toMatch(/^telltale: t_\d+ failed: two: exit code 7\n$/)
})
