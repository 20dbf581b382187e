import { expect, test } from 'vitest'
import { inherited } from '../../src/config/config.ts'
import { probe } from '../../src/process/isolate.ts'
import { plant } from '../../src/process/tree.ts'

const COMMANDS = 5
/** So long this process is too busy to hear that the command has ended. */
const BUSY_MS = 200

function busy() {
  const until = performance.now() + BUSY_MS
  while (performance.now() < until);
}

test.each(['auto', 'off'] as const)('a beat that comes after a command has ended does not hide its exit code, with --isolate %s', async (wanted) => {
  const isolation = await probe(wanted)
  const codes: number[] = []
  for (let i = 0; i < COMMANDS; i++) {
    const tree = await plant(isolation, { argv: ['/bin/sh', '-c', 'exit 7'], environment: inherited, silenceMs: 60_000 })
    tree.beat()
    const beats = setInterval(() => {
      busy()
      tree.beat()
    })
    const { exitCode, failure } = await tree.ended
    clearInterval(beats)
    expect(failure).toBeUndefined()
    codes.push(exitCode)
  }
  expect(codes).toEqual(Array(COMMANDS).fill(7))
})
