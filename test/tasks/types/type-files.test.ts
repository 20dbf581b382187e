import { execFileSync } from 'node:child_process'
import { chownSync, mkdirSync, renameSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { describe, expect, test } from 'vitest'
import { type CommandType, taskTypes } from '../../../src/tasks/types/types.ts'
import { type TestApp, testApp } from '../../support/app.ts'

const KIB = 1024
const GOOD = "argv: ['true']\n"

async function withFolder(): Promise<{ app: TestApp; path: (name: string) => string; put: (name: string, text: string) => void }> {
  const app = await testApp()
  mkdirSync(join(app.config.data, 'task-types'))
  const path = (name: string) => join(app.config.data, 'task-types', name)
  return { app, path, put: (name, text) => writeFileSync(path(name), text) }
}

/** The reason for refusing each file. */
async function refusals(app: TestApp): Promise<Record<string, string>> {
  const { broken } = await taskTypes(app)
  return Object.fromEntries(broken.map(({ file, mistakes }) => [file, mistakes.map(({ message }) => message).join(' ')]))
}

describe('a file that is not safe to read is refused, and the others are read', () => {
  test('a link, a pipe, a folder and a giant', async () => {
    const { app, path, put } = await withFolder()
    put('good.yaml', GOOD)
    put('giant.yaml', '#'.repeat(64 * KIB + 1))
    put('large.yaml', `${GOOD}${'#'.repeat(64 * KIB - GOOD.length)}`) // the control: the largest that is read
    symlinkSync('/dev/zero', path('zero.yaml'))
    symlinkSync('/etc/passwd', path('passwd.yaml'))
    mkdirSync(path('folder.yaml'))
    execFileSync('mkfifo', [path('pipe.yaml')])
    expect(await refusals(app)).toEqual({
      'folder.yaml': 'It is not read, because it is not a regular file.',
      'giant.yaml': 'It is not read, because it is larger than 64 KiB.',
      'passwd.yaml': 'It is not read, because it is a symbolic link.',
      'pipe.yaml': 'It is not read, because it is not a regular file.',
      'zero.yaml': 'It is not read, because it is a symbolic link.',
    })
    expect((await taskTypes(app)).types.map(({ name }) => name)).toEqual(['good', 'large'])
    expect(await (await app.ask('/tasks/new', { headers: { accept: 'text/html' } })).text()).not.toContain('root:')
  })

  test.runIf(process.getuid?.() === 0)('a file of another user', async () => {
    const { app, path, put } = await withFolder()
    put('theirs.yaml', GOOD)
    chownSync(path('theirs.yaml'), 65_534, 65_534)
    expect(await refusals(app)).toEqual({ 'theirs.yaml': 'It is not read, because it belongs to another user.' })
  })
})

test('a file is parsed once for each change of it, also for one that keeps its size', async () => {
  const { app, path, put } = await withFolder()
  put('one.yaml', "argv: ['a']\n")
  const argv = async () => ((await taskTypes(app)).types[0] as CommandType).argv
  const first = await argv()
  expect(await argv()).toBe(first)
  put('new', "argv: ['b']\n")
  utimesSync(path('new'), 1, 1)
  renameSync(path('new'), path('one.yaml'))
  expect(await argv()).toEqual(['b'])
})

const repeated = (text: string) => text.repeat(Math.floor((64 * KIB) / text.length))
const keys = Array.from({ length: 9000 }, (_, i) => `k${i}: ,`).join('')
const bombs = [...'bcdefghi'].map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(', ')}]`).join('\n')

test('no file holds up the event loop, however it is written', async () => {
  const { app, put } = await withFolder()
  const hostile: Record<string, string> = {
    aliases: `a: &a [x, x, x, x, x, x, x, x, x]\n${bombs}\n`,
    anchors: repeated('&a '),
    brackets: repeated('['),
    keys: `{${keys.slice(0, 64 * KIB - 2)}}`,
    lines: repeated('\n'),
    quotes: repeated('"'),
  }
  const loop = monitorEventLoopDelay({ resolution: 5 })
  loop.enable()
  await taskTypes(app)
  for (const [name, text] of Object.entries(hostile)) put(`${name}.yaml`, text)
  loop.reset()
  const refused = await refusals(app)
  expect(loop.max / 1e6).toBeLessThan(2_000)
  expect(Object.keys(refused)).toEqual(Object.keys(hostile).map((name) => `${name}.yaml`))
  expect(refused['aliases.yaml']).toContain('Excessive alias count')
  expect(refused['quotes.yaml']).toContain('more mistakes.')
})
