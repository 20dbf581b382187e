import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { type Batch, Behind, Output } from '../../../src/worker/output.ts'
import { until } from '../../support/processes.ts'
import { Site } from '../site.ts'

const PATIENCE_MS = 60_000
const CHUNK = 524_288

test('after a loss, output continues at the end of the server’s log, with a line that reports the loss', async () => {
  const tree = { stdout: new PassThrough(), stderr: new PassThrough() }
  const sent: Batch[] = []
  let end = 0
  const output = new Output(tree, {
    async send(batch) {
      if (batch.offset > end) throw new Behind(end)
      sent.push(batch)
      end = batch.offset + batch.data.length
    },
  })
  tree.stdout.write('one two three\n')
  await until('it is sent', () => sent.length === 1)
  end = 4
  tree.stdout.end('four\n')
  tree.stderr.end()
  await output.flush()
  expect(sent.slice(1).map(({ offset, stream, data }) => [offset, stream, data.toString()])).toEqual([
    [4, 'stderr', '\ntelltale: the server lost 10 bytes of output here\n'],
    [55, 'stdout', 'four\n'],
  ])
})

test('a command continues when its server has lost more than a chunk of its output', { timeout: 2 * PATIENCE_MS }, async () => {
  const it = await Site.start('--lease-ms', '600000')
  it.worker()
  const gate = join(it.data, 'gate')
  const id = await it.create(`head -c ${2 * CHUNK} /dev/zero | tr '\\0' y; until [ -e '${gate}' ]; do sleep 0.05; done; echo after`)
  await until('all is written', async () => (await it.log(id).catch(() => '')).length === 2 * CHUNK, PATIENCE_MS)
  await it.server.end('SIGKILL')
  const logs = join(it.data, 'logs', id)
  expect(existsSync(logs)).toBe(true)
  rmSync(logs, { recursive: true })
  await it.again()
  writeFileSync(gate, '')
  expect(await it.become(id, 'succeeded', PATIENCE_MS)).toMatchObject({ exit_code: 0 })
  expect(await it.log(id)).toBe(`\ntelltale: the server lost ${2 * CHUNK} bytes of output here\nafter\n`)
})
