import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { inherited } from '../../src/config/config.ts'
import { probe } from '../../src/process/isolate.ts'
import { plant } from '../../src/process/tree.ts'
import { ender } from '../../src/worker/ending.ts'

const isolation = await probe('off')

/** Long enough to distinguish counted from uncounted time. */
const PAUSE_MS = 2500
/** A pause is measured as shorter by at most this. */
const LOOK_MS = 500

async function start(line: string, timeoutS: number | null = null) {
  const tree = await plant(isolation, { argv: ['/bin/sh', '-c', line], environment: inherited, silenceMs: 60_000 })
  tree.beat()
  return { tree, command: ender(tree, timeoutS, new AbortController().signal) }
}

const isZombie = (pid: number | undefined) => / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/, ''))

test.each([['stop'], ['kill']] as const)('a command that ended before a %s ended by itself', async (verb) => {
  const { tree, command } = await start('exit 3')
  const deadline = performance.now() + 10_000
  while (!isZombie(tree.pid) && performance.now() < deadline); // this process is blocked meanwhile
  expect(tree.over()).toBe(false)
  command[verb]({ interrupted: true, error: 'too late' })
  expect(await command.ended).toMatchObject({ exit_code: 3 })
})

test.each([['stop'], ['kill']] as const)('a command that is ended by a %s has no exit code of its own', async (verb) => {
  const { tree, command } = await start('echo ready; while :; do sleep 0.05; done')
  tree.stdout.once('data', () => command[verb]({ interrupted: true, error: 'in time' }))
  expect(await command.ended).toMatchObject({ exit_code: null, interrupted: true, error: 'in time' })
})

test.each([[{ interrupted: true, error: 'too soon' }], [{ cancelled: true }]] as const)(
  'a command that was ended before it began, as %j, says so',
  async (why) => {
    const tree = await plant(isolation, { argv: ['/bin/sh', '-c', 'echo began'], environment: inherited, silenceMs: 60_000 })
    const command = ender(tree, null, new AbortController().signal)
    command.stop(why)
    expect(await command.ended).toEqual({ exit_code: null, ...why, began: false, left: [] })
  },
)

test('a pause of this machine does not count towards the timeout of a task', async () => {
  const since = performance.now()
  const { command } = await start('while :; do sleep 0.05; done', 1)
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS) // this process is paused
  expect(await command.ended).toMatchObject({ exit_code: null, error: 'timed out after 1 s' })
  expect(performance.now() - since).toBeGreaterThan(PAUSE_MS + 1000 - LOOK_MS)
})
