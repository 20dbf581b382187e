import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { Wire } from '../../src/client/wire.js'
import { LAUNCHER, temporaryFolder, until } from '../support/server.ts'

interface Hub {
  lines_lost: number
  troubles: string[]
}

/** A server with this stderr, and a client of it once it responds. */
async function served(stderr: number | 'pipe') {
  const data = join(temporaryFolder(), 'data')
  const child = spawn(process.execPath, [LAUNCHER, 'serve', '--port', '0', '--data', data, '--workers', '0'], { stdio: ['ignore', 'pipe', stderr] })
  const ended = new Promise((resolve) => child.once('close', resolve))
  onTestFinished(async () => {
    child.kill('SIGTERM')
    await ended
  })
  await until(() => existsSync(join(data, 'control.sock')))
  const client = new Wire({ data })
  onTestFinished(() => client.close())
  await until(() =>
    client.call('GET', '/api/hub').then(
      () => true,
      () => false,
    ),
  )
  return { child, client, hub: async () => (await client.call<Hub>('GET', '/api/hub')).body }
}

describe('a server whose log cannot be written', () => {
  test.runIf(existsSync('/dev/full'))('because its disk is full goes on, and counts the lines', async () => {
    const full = openSync('/dev/full', 'w')
    const { client, hub } = await served(full)
    closeSync(full)
    for (let i = 0; i < 3; i++) await client.call('POST', '/api/tasks', { command: 'true' })
    await until(async () => (await hub()).lines_lost >= 3)
    expect((await hub()).troubles).toContainEqual(expect.stringContaining('of the server’s own log could not be written'))
  })

  test('because its reader left continues, and counts the lines', async () => {
    const { child, client, hub } = await served('pipe')
    await client.call('POST', '/api/tasks', { command: 'true' })
    expect((await hub()).lines_lost).toBe(0)
    const gone = new Promise((resolve) => child.stderr?.once('close', resolve))
    child.stderr?.destroy()
    await gone
    for (let i = 0; i < 3; i++) await client.call('POST', '/api/tasks', { command: 'true' })
    await until(async () => (await hub()).lines_lost >= 2)
    expect(child.exitCode).toBeNull()
  })
})

test('a verb whose reader went away ends quietly, as a tool in a pipe does', async () => {
  const child = spawn(process.execPath, [LAUNCHER, 'serve', '--help'], { stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.destroy()
  let said = ''
  child.stderr.on('data', (chunk) => (said += chunk))
  const code = await new Promise((resolve) => child.once('close', resolve))
  expect([code, said]).toEqual([141, ''])
})
