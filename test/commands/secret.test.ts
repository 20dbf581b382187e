import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { PROGRAM } from '../../src/config/command.ts'
import { running } from '../support/server.ts'

const VALUE = 'correct horse'

test('a secret reaches the command that names it, and neither its output nor the server’s pages', async () => {
  const { data, client } = await running('--workers', '1')
  const telltale = (args: string[], input = '') => {
    const { status, stdout, stderr } = spawnSync(PROGRAM, [args[0] as string, '--data', data, ...args.slice(1)], { input, encoding: 'utf8' })
    return { status, stdout, stderr }
  }
  const quiet = { status: 0, stdout: '', stderr: '' }
  expect(telltale(['secret', 'set', 'DEPLOY_KEY'], `${VALUE}\n`)).toEqual(quiet)
  expect(telltale(['secret', 'list']).stdout).toMatch(/^DEPLOY_KEY +set \d{4}-/)

  const script =
    'test "$(printf %s "$KEY" | wc -c)" = 13 && printf "%s|" "$KEY" "$KEY" && printf "correct" && sleep 0.3 && printf " horse\\n" >&2; echo "$KEY" >&2'
  const ran = telltale(['run', '--env', 'KEY=secret:DEPLOY_KEY', '--', 'sh', '-c', script])
  expect([ran.status, ran.stdout]).toEqual([0, '***|***|correct'])
  expect(ran.stderr).toBe(' horse\n***\n')
  const { body } = await client.call('GET', '/api/tasks/t_1')
  expect(JSON.stringify(body)).toContain('secret:DEPLOY_KEY')
  expect(JSON.stringify(body)).not.toContain(VALUE)

  const failed = telltale(['run', '--env', 'KEY=secret:DEPLOY_KEY', '--', 'sh', '-c', 'echo "ERROR $KEY refused"; exit 3'])
  expect([failed.status, failed.stdout]).toEqual([3, 'ERROR *** refused\n'])
  const { body: found } = await client.call('GET', '/api/tasks?q=%22%2A%2A%2A%20refused%22')
  expect(found).toMatchObject({ items: [{ id: 't_2', found: { text: 'ERROR *** refused' } }] })
  expect(await client.call('GET', '/api/tasks?q=%22correct%20horse%22')).toMatchObject({ body: { items: [] } })

  expect(telltale(['secret', 'remove', 'DEPLOY_KEY'])).toEqual(quiet)
  const refused = telltale(['run', '--env', 'KEY=secret:DEPLOY_KEY', '--', 'true'])
  expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('the secret DEPLOY_KEY, which does not exist')])
})

test.each([
  [['set'], 'expected set NAME, list or remove NAME'],
  [['show', 'KEY'], 'expected set NAME, list or remove NAME'],
  [['set', 'KEY', 'its value'], 'expected set NAME, list or remove NAME'],
])('%j is refused', (args, why) => {
  const { status, stderr } = spawnSync(PROGRAM, ['secret', '--data', '/nonexistent', ...args], { input: '', encoding: 'utf8' })
  expect([status, stderr]).toEqual([2, expect.stringContaining(why)])
})
