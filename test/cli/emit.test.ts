import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Site } from '../client/servers.ts'
import { LAUNCHER, running, telltale, until } from '../support/server.ts'

interface History {
  items: { seq: number; kind: string; source: string; source_id: string; subject: string; payload: unknown }[]
}

async function emit(...args: string[]) {
  const it = telltale('emit', ...args)
  return { code: await it.ended, said: it.output().trim() }
}

/** The number that it prints. A slow server reads the event from its folder and recognises it by its id. */
async function numberOf(...args: string[]): Promise<string> {
  let said = ''
  await until(
    async () => {
      ;({ said } = await emit(...args))
      return /^\d+$/.test(said)
    },
    () => said,
  )
  return said
}

describe('telltale emit', () => {
  test('prints the seq of its event, the same one for the same id', async () => {
    const { data, client } = await running()
    const args = ['backup.finished', '{"bytes":12}', '--data', data, '--subject', 'host:nas', '--source', 'nas', '--source-id', 'b1']
    expect(await numberOf(...args)).toBe('1')
    expect(await numberOf(...args)).toBe('1')
    expect(await numberOf('backup.begun', '--data', data, '--source-id', 'b2')).toBe('2')
    const { body } = await client.call<History>('GET', '/api/events?order=asc')
    expect(body.items).toMatchObject([
      { kind: 'backup.finished', source: 'nas', source_id: 'b1', subject: 'host:nas@nas', payload: { bytes: 12 } },
      { kind: 'backup.begun', source: 'emit', payload: {} },
    ])
  })

  test('reads a payload from standard input, and connects over TCP with a token', async () => {
    const { data, url, client } = await running()
    const made = telltale('token', 'create', '--role', 'ingest', '--name', 'nas', '--data', data)
    await made.ended
    const env = { ...process.env, TELLTALE_TOKEN: made.output().trim() }
    const child = spawn(process.execPath, [LAUNCHER, 'emit', 'backup.finished', '-', '--url', url], { env })
    child.stdin.end('{"lines":"one\\ntwo"}')
    expect(await once(child, 'close')).toEqual([0, null])
    const { body } = await client.call<History>('GET', '/api/events?kinds=backup.')
    expect(body.items).toMatchObject([{ payload: { lines: 'one\ntwo' } }])
  })

  test('prints where the event is stored while the server is down, and the server reads it from there', async () => {
    const site = new Site()
    mkdirSync(site.data, { recursive: true })
    const { code, said } = await emit('backup.finished', '--data', site.data)
    const folder = join(site.data, 'inbox/new')
    expect([code, said]).toEqual([0, `stored in ${join(folder, readdirSync(folder)[0] as string)} until the server is up`])
    await site.start()
    await until(() => readdirSync(folder).length === 0)
    expect(await site.log()).toMatchObject([{ seq: 1, kind: 'backup.finished', source: 'emit' }])
  })

  test.each([
    ['nothing', 2, 'give a kind', []],
    ['a payload that is not JSON', 2, 'the payload is not JSON', ['backup.finished', '{']],
    ['an unknown flag', 2, '--colour', ['backup.finished', '--colour', 'red']],
    ['both a url and a folder', 2, 'give --url or --data, not both', ['backup.finished', '--url', 'http://127.0.0.1:9', '--data', tmpdir()]],
    ['a kind that is none', 1, 'noun.past_participle', ['backup', '--data', tmpdir()]],
    ['a payload that is no object', 1, 'A payload must be an object', ['backup.finished', '[]', '--data', tmpdir()]],
    ['a folder that no server knows', 1, 'there is no data folder', ['backup.finished', '--data', join(tmpdir(), `telltale-nowhere-${process.pid}`)]],
    ['nobody there, and no folder', 69, 'no server responds', ['backup.finished', '--url', 'http://127.0.0.1:9']],
  ])('ends, for %s, with code %i and one line with the reason', async (_, code, why, args) => {
    const { code: ended, said } = await emit(...args)
    expect([ended, said.split('\n').length]).toEqual([code, 1])
    expect(said).toContain(why)
  })
})
