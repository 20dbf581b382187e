import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PROGRAM } from '../../../src/config/command.ts'
import { running, temporaryFolder } from '../../support/server.ts'

type Run = (...args: string[]) => { status: number | null; stdout: string; stderr: string }

/** A server with a worker, and `telltale run` as from a shell in `folder`. */
async function here(): Promise<Awaited<ReturnType<typeof running>> & { run: Run; folder: string }> {
  const server = await running('--workers', '1')
  const folder = temporaryFolder()
  const env = { PATH: process.env.PATH, CITY: 'Zürich = far', SECRET_OF_SHELL: 'stays here' }
  const run: Run = (...args) => {
    const { status, stdout, stderr } = spawnSync(PROGRAM, ['run', '--data', server.data, ...args], { cwd: folder, env, encoding: 'utf8' })
    return { status, stdout, stderr }
  }
  return { ...server, run, folder }
}

const said = (stdout: string) => ({ status: 0, stdout, stderr: '' })

test('a command runs in the folder of the caller, or in the one named, with the variables named', async () => {
  const { run, folder, client } = await here()
  mkdirSync(join(folder, 'deep'))
  expect(run('--', 'pwd')).toEqual(said(`${folder}\n`))
  expect(run('--cwd', 'deep', '--', 'pwd')).toEqual(said(`${folder}/deep\n`))
  const print = ['--', 'sh', '-c', 'echo "$CITY|$EMPTY|$A|$SECRET_OF_SHELL"']
  expect(run('--env', 'CITY', '--env', 'EMPTY=', '--env', 'A=b=c', ...print)).toEqual(said('Zürich = far||b=c|\n'))
  expect(run(...print)).toEqual(said('|||\n'))
  const { body } = await client.call<{ item: object }>('GET', '/api/tasks/t_3')
  expect(body.item).toMatchObject({ cwd: folder, env: { CITY: 'Zürich = far', EMPTY: '', A: 'b=c' } })
  const events = await client.call('GET', '/api/tasks/t_3/events')
  expect(JSON.stringify(events.body)).not.toContain('Zürich')
  await client.call('POST', '/api/tasks/t_3/retry')
  expect((await client.call<{ item: object }>('GET', '/api/tasks/t_3')).body.item).toMatchObject({ cwd: folder, env: { A: 'b=c' } })
})

test('a folder that its worker does not have fails the task with a sentence', async () => {
  const { run, folder } = await here()
  const { status, stderr } = run('--cwd', 'nowhere', '--', 'true')
  expect([status, stderr]).toEqual([1, expect.stringMatching(`it could not be started: there is no folder ${folder}/nowhere on `)])
})

test('a task type has a folder and variables of its own, which a run can replace', async () => {
  const { run, folder, data } = await here()
  mkdirSync(join(data, 'task-types'))
  const argv = `argv: [sh, -c, 'echo "$(pwd)|$A|$B|{word}"']`
  writeFileSync(join(data, 'task-types', 'greet.yaml'), `${argv}\ncwd: /\nenv: {A: one, B: two}\nparams: {word: {required: true}}\n`)
  expect(run('--type', 'greet', '--param', 'word=x=y')).toEqual(said('/|one|two|x=y\n'))
  expect(run('--type', 'greet', '--param', 'word=hi', '--env', 'B=three', '--cwd', '.')).toEqual(said(`${folder}|one|three|hi\n`))
})

test('a run can be detached, and wait for its time', async () => {
  const { run, client } = await here()
  expect(run('--detach', '--at', '2099-01-02T03:04', '--', 'true')).toEqual(said('t_1\n'))
  const { body } = await client.call<{ item: { run_at: string } }>('GET', '/api/tasks/t_1')
  expect(new Date(body.item.run_at)).toEqual(new Date(2099, 0, 2, 3, 4))
})

test.each([
  [['--env', 'MISSING', '--', 'true'], '--env MISSING: there is no such variable here; give it as MISSING=VALUE'],
  [['--env', '=x', '--', 'true'], '--env must be NAME=VALUE, not =x'],
  [['--type', 'greet', '--', 'true'], 'give a command or --type, not both'],
  [['--param', 'a=b', '--', 'true'], '--param needs --type'],
])('%j is refused', (args, why) => {
  const { status, stderr } = spawnSync(PROGRAM, ['run', '--data', '/nonexistent', ...args], { encoding: 'utf8' })
  expect([status, stderr]).toEqual([2, `telltale run: ${why}\n`])
})

test('a command waits for the tasks named, and is skipped if one of them failed', async () => {
  const { run } = await here()
  expect(run('--', 'false').status).toBe(1)
  expect(run('--after', 't_1', '--on', 'any', '--', 'echo', 'at last')).toEqual(said('at last\n'))
  expect(run('--after', 't_1,t_2', '--', 'echo', 'never')).toMatchObject({ status: 130, stdout: '' })
})
