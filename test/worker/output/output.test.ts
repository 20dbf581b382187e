import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { type Batch, batches, Output } from '../../../src/worker/output.ts'
import { until } from '../../support/processes.ts'

const KIB = 1024

function pipes() {
  return { stdout: new PassThrough(), stderr: new PassThrough() }
}

test('the output of both streams is sent in order, with offsets that count both', async () => {
  const tree = pipes()
  const sent: Batch[] = []
  const output = new Output(tree, { send: async (batch) => void sent.push(batch) })
  tree.stdout.write('one\n')
  await until('the first byte goes at once', () => sent.length === 1)
  tree.stderr.write('two\n')
  await until('the second waits for its turn', () => sent.length === 2)
  tree.stdout.end('three\n')
  tree.stderr.end()
  await output.flush()
  expect(sent.map(({ offset, stream, data }) => [offset, stream, data.toString()])).toEqual([
    [0, 'stdout', 'one\n'],
    [4, 'stderr', 'two\n'],
    [8, 'stdout', 'three\n'],
  ])
})

test('neighbouring chunks of one stream are joined, in batches of at most 256 KiB', () => {
  const data = Buffer.alloc(100 * KIB)
  const grouped = [
    ...batches([
      { stream: 'stdout', data },
      { stream: 'stdout', data },
      { stream: 'stdout', data },
      { stream: 'stderr', data },
    ]),
  ]
  expect(grouped.map(({ stream, data }) => [stream, data.length / KIB])).toEqual([
    ['stdout', 200],
    ['stdout', 100],
    ['stderr', 100],
  ])
})

test('a server that accepts no output blocks the command instead of filling the memory, and nothing is lost', async () => {
  const tree = pipes()
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  let received = 0
  const output = new Output(tree, {
    async send({ offset, data }) {
      await opened
      expect(offset).toBe(received)
      received += data.length
    },
  })
  let written = 0
  while (tree.stdout.write(Buffer.alloc(64 * KIB)) || !tree.stdout.isPaused()) {
    written += 64 * KIB
    await new Promise(setImmediate)
    if (written > 16 * KIB * KIB) throw new Error('it was never paused')
  }
  written += 64 * KIB
  expect(written).toBeLessThan(2 * KIB * KIB)
  open()
  tree.stdout.end()
  tree.stderr.end()
  await output.flush()
  expect(received).toBe(written)
})

test('a pipe held open by an escaped process is not awaited', async () => {
  const tree = pipes()
  const sent: Batch[] = []
  const output = new Output(tree, { send: async (batch) => void sent.push(batch) })
  tree.stdout.write('last words')
  tree.stderr.end()
  const began = performance.now()
  await output.flush()
  expect(sent).toHaveLength(1)
  expect(performance.now() - began).toBeLessThan(10_000)
})

test('a refusal of the server is thrown', async () => {
  const tree = pipes()
  const output = new Output(tree, {
    async send() {
      throw new Error('refused')
    },
  })
  tree.stdout.end('x')
  tree.stderr.end()
  await expect(output.flush()).rejects.toThrow('refused')
})
