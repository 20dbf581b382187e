import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { LAUNCHER, running, until } from '../support/server.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
const CURL_TIMED_OUT = 28

const blocks = (language: string) => [...README.matchAll(new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 'gs'))].map(([, text]) => text as string)
const commands = blocks('sh').flatMap((text) => text.trim().split('\n'))

test('every shell command of the README works', async () => {
  const { data } = await running('--workers', '1')
  // CI and this test run those of npm themselves.
  const tried = commands.filter((command) => !command.startsWith('npm '))
  expect(tried.length).toBeGreaterThan(6)
  for (const command of tried) {
    const endless = command.includes(' -N ')
    const line = command.replaceAll('npx telltale', `"${process.execPath}" "${LAUNCHER}"`) + (endless ? ' --max-time 1' : '')
    const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', line], { cwd: dirname(data), encoding: 'utf8' })
    expect({ command, status, stderr }).toMatchObject({ command, status: endless ? CURL_TIMED_OUT : 0 })
    expect(stdout, command).not.toContain('"status":4')
  }
})

test('its JavaScript publishes and reads', async () => {
  const { data } = await running()
  const [example = ''] = blocks('js')
  const reader = spawn(process.execPath, ['--input-type=module', '-e', example.replace("'data'", JSON.stringify(data))], { cwd: ROOT })
  let output = ''
  for (const pipe of [reader.stdout, reader.stderr]) pipe.on('data', (text) => (output += text))
  onTestFinished(() => void reader.kill())
  await until(
    () => /backup\.finished.*1204/.test(output),
    () => output,
  )
})

test('the verbs that it names are those of the program, and it is short', () => {
  const { stdout } = spawnSync(process.execPath, [LAUNCHER, '--help'], { encoding: 'utf8' })
  const verbs = [...stdout.matchAll(/^ {2}telltale ([a-z]+)/gm)].map(([, verb]) => verb)
  expect(verbs.length).toBeGreaterThan(3)
  for (const verb of verbs) expect(README).toContain(`npx telltale ${verb}`)
  expect(README.split('\n').length).toBeLessThanOrEqual(201)
})

test('every file and folder of the source that it names exists', () => {
  const named = [...README.matchAll(/(?<![\w/.-])(?:src|views|public|test|e2e)\/[\w<>/.-]*/g)].map(([path]) =>
    path.replace('<noun>', 'tasks').replace(/\.$/, ''),
  )
  expect(named.length).toBeGreaterThan(40)
  expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
})
