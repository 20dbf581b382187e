import { mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Stream } from '../../../src/db/index.ts'
import { AttemptLog } from '../../../src/tasks/log/attempt-log.ts'
import { readLines } from '../../../src/tasks/log/lines.ts'
import { findLines, linesFrom } from '../../../src/tasks/log/search.ts'
import { claimed } from '../../leases/claimed.ts'
import { testApp } from '../../support/app.ts'
import { onSqlite } from '../../support/engine.ts'
import { temporaryFolder, until } from '../../support/server.ts'
import { reading, served } from '../../support/wire.ts'

const FAR = 9_000_000_000_000_000
const CHUNK = 524_288

/** Two files with nothing between them, as a chunk beyond the end leaves them. */
function sparse(folder: string, far: number): AttemptLog {
  mkdirSync(folder, { recursive: true })
  for (const [start, text] of [
    [0, 'a\nb one\n'],
    [far, 'b two\nc\n'],
  ] as const)
    writeFileSync(join(folder, `${String(start).padStart(15, '0')}.log`), text)
  return new AttemptLog(folder)
}

test.each([2e10, FAR])('a log with a hole up to %d is read file by file', async (far) => {
  const log = sparse(temporaryFolder(), far)
  expect(log.size).toBe(far + 8)
  expect(await findLines(log, { find: 'b' })).toMatchObject({ total: 2, lines: [{ number: 2 }, { number: 3 }] })
  expect((await linesFrom(log, 1, 500)).lines.map(({ html }) => html)).toEqual(['a', 'b one', 'b two', 'c'])
  expect((await linesFrom(log, 100, 500)).lines).toEqual([])
  expect(await readLines(log, 0, 1)).toMatchObject({ line: 5, skipped: 0, lines: [{ number: 1, html: 'a' }, {}, {}, { number: 4, html: 'c' }] })
})

test('a truncated log is read as far as it goes, and continues in another file', async () => {
  const folder = temporaryFolder()
  const log = new AttemptLog(folder)
  const print = (text: string, stream: Stream = 'stdout') => log.append({ offset: log.size, stream, bytes: Buffer.from(text) })
  print('one\ntwo\n')
  truncateSync(join(folder, readdirSync(folder)[0] as string), 4)
  expect(await readLines(log, 0, 1)).toMatchObject({ next: 8, lines: [{ html: 'one' }] })
  print('three\n', 'stderr')
  for (const each of [log, new AttemptLog(folder)]) {
    expect(each.size).toBe(14)
    expect(each.read(0, 100).map(({ offset, stream, bytes }) => [offset, stream, bytes.toString()])).toEqual([
      [0, 'stdout', 'one\n'],
      [8, 'stderr', 'three\n'],
    ])
  }
})

test('a chunk may start at most one chunk past the end; otherwise it is refused with the current size', async () => {
  const app = await testApp()
  const { id, holder } = await claimed(app)
  const send = (offset: number, text: string) => app.json(`/api/tasks/${id}/log`, { ...holder, offset, data: Buffer.from(text).toString('base64') })
  expect((await send(0, 'begin\n')).body).toEqual({ offset: 6 })
  expect(await send(FAR, 'far\n')).toMatchObject({ status: 422, body: { code: 'invalid', detail: expect.stringContaining('ends at 6') } })
  expect((await send(6 + CHUNK + 1, 'far\n')).status).toBe(422)
  expect((await send(6 + CHUNK, 'near\n')).body).toEqual({ offset: 6 + CHUNK + 5 })
  expect(await (await app.ask(`/ui/tasks/${id}/log?at=100`)).text()).toBe('')
  expect(await (await app.ask(`/api/tasks/${id}/log`)).text()).toBe('begin\nnear\n')
})

onSqlite('a reader of a log that is emptied receives what comes next', async () => {
  const app = await served()
  const { id, holder } = await claimed(app)
  let size = 0
  const print = async (text: string) => {
    const { body } = await app.json(`/api/tasks/${id}/log`, { ...holder, offset: size, data: Buffer.from(text).toString('base64') })
    size = body.offset
  }
  await print('one\n')
  const follower = await reading({ socketPath: app.socketPath }, `/api/tasks/${id}/log`, { Accept: 'text/event-stream' })
  const printed = () => follower.of('log').map(({ data }) => Buffer.from(JSON.parse(data).data, 'base64').toString())
  await until(() => printed().length === 1)
  const folder = join(app.config.data, 'logs', id, '1')
  truncateSync(join(folder, readdirSync(folder)[0] as string))
  const late = await reading({ socketPath: app.socketPath }, `/api/tasks/${id}/log`, { Accept: 'text/event-stream' })
  await print('two\n')
  await until(() => printed().length === 2)
  expect(printed()).toEqual(['one\n', 'two\n'])
  await until(() => late.of('log').length === 1)
  expect(late.of('log')[0]).toMatchObject({ id: '8' })
})
