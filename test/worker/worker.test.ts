import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { beforeEach, describe, expect, test } from 'vitest'
import { inherited } from '../../src/config/config.ts'
import { commandLine } from '../crash/server.ts'
import { token } from '../support/processes.ts'
import { Site } from './site.ts'

/** Long enough that no lease expires, even on a busy machine. */
const LEASE_MS = 60_000
const MEBIBYTE = 1024 * 1024

let site: Site

describe('a worker', () => {
  beforeEach(async () => {
    site = await Site.start('--lease-ms', String(LEASE_MS))
  })

  test('a task runs with a clean environment, and its output and exit code are kept', async () => {
    const secret = token()
    const process = spawn('env', [`TELLTALE_TOKEN=${secret}`, 'FORCE_COLOR=1', ...commandLine('worker', '--data', site.data)], { stdio: 'ignore' })
    site.minds(process)
    const id = await site.create('env; echo error >&2; exit 7')
    expect(await site.become(id, 'failed')).toMatchObject({ exit_code: 7, error: 'exit code 7' })
    const lines = (await site.log(id)).trim().split('\n')
    expect(lines).toContain('error')
    expect(lines).toEqual(
      expect.arrayContaining([`TELLTALE_TASK_ID=${id}`, 'TELLTALE_ATTEMPT=1', 'TELLTALE_FENCE=1', 'TERM=xterm-256color', `PATH=${inherited.PATH}`]),
    )
    expect(lines.join()).not.toContain(secret)
    expect(lines.join()).not.toContain('FORCE_COLOR')
  })

  test('a command that takes too long is killed and reported', async () => {
    site.worker()
    const id = await site.create('sleep 1000', { timeout_s: 1 })
    expect(await site.become(id, 'failed')).toMatchObject({ exit_code: null, error: 'timed out after 1 s' })
  })

  test('tasks run concurrently, up to the worker’s limit', async () => {
    site.worker('--concurrency', '2')
    const ids = [await site.create('sleep 1000'), await site.create('sleep 1000'), await site.create('sleep 1000')]
    await Promise.all(ids.slice(0, 2).map((id) => site.become(id, 'running')))
    expect((await site.task(ids[2] as string)).state).toBe('queued')
    await site.server.client.call('POST', `/api/tasks/${ids[0]}/cancel`, {})
    await site.become(ids[2] as string, 'running')
  })

  test('a drained worker finishes its tasks, claims no more, and exits with 0', async () => {
    const { process } = site.worker()
    const id = await site.create('sleep 1; echo done')
    await site.become(id, 'running')
    await site.server.client.call('POST', '/api/workers/w_1/drain', {})
    const next = await site.create('true')
    const [code] = await once(process, 'exit')
    expect(code).toBe(0)
    expect([(await site.task(id)).state, (await site.task(next)).state]).toEqual(['succeeded', 'queued'])
  })

  test('a command that prints 200 MB does not grow the worker, and is counted to the last byte', async () => {
    const { process } = site.worker()
    const id = await site.create(`head -c ${200 * MEBIBYTE} /dev/zero | tr '\\0' 'x'`)
    await site.become(id, 'succeeded', 300_000)
    const peak = Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${process.pid}/status`, 'utf8'))?.[1]) / 1024
    expect(peak).toBeLessThan(200)
    const end = await site.server.client.stream(`/api/tasks/${id}/log?from=${200 * MEBIBYTE - 5}`, { headers: { accept: 'text/plain' } })
    expect(Buffer.concat(await end.toArray()).toString()).toBe('xxxxx')
  })

  test('a remote worker needs the address and a token, and reports a wrong one in one line', async () => {
    const secret = await site.tokenFile()
    const wrong = `${secret}-wrong`
    writeFileSync(wrong, `${readFileSync(secret, 'utf8').trim()}x`)
    const away = (file: string) => site.worker('--url', site.server.url, '--token-file', file)
    const refused = away(wrong)
    expect(await once(refused.process, 'close')).toEqual([1, null])
    expect(refused.said()).toMatch(/^telltale: .+\n$/)
    away(secret)
    await site.become(await site.create('true'), 'succeeded')
  })
})
