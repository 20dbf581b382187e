import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { inherited } from '../../src/config/config.ts'
import { type Isolation, probe } from '../../src/process/isolate.ts'
import { plant, StartFailure, type Tree } from '../../src/process/tree.ts'
import { alive, token, until } from '../support/processes.ts'

const LONG_MS = 600_000
const [best, sweep, cgroup] = await Promise.all([probe(), probe('off'), probe('cgroup')])
const bare: Isolation = { kind: 'sweep', prefix: [], words: 'by descent, environment and output' }
const kinds = new Map([sweep, bare, cgroup, best].map((isolation) => [isolation.words, isolation]))

async function start(isolation: Isolation, line: string) {
  const tree = await plant(isolation, { argv: ['/bin/sh', '-c', line], environment: inherited, silenceMs: LONG_MS })
  tree.beat()
  return tree
}

/** Resolves with the first of what it prints. */
async function said({ stdout }: Tree, text: string) {
  const [bytes] = await once(stdout, 'data')
  expect(String(bytes).trim()).toBe(text)
}

describe.each([...kinds])('a task that is killed %s', (_, isolation) => {
  test('leaves nothing alive that cleared its environment and called setsid', async () => {
    const word = token()
    const tree = await start(isolation, `env -i setsid sh -c 'echo loose; while :; do sleep 1; done' ${word} & while :; do sleep 1; done # ${word}`)
    await said(tree, 'loose')
    expect(alive(word).length).toBeGreaterThanOrEqual(2)
    tree.kill()
    expect((await tree.ended).left).toEqual([])
    await until('nothing of it lives', () => alive(word).length === 0)
  })

  test('writes to a real pipe, which it may open by its name', async () => {
    const tree = await start(isolation, 'echo one > /dev/stdout; echo two | tee /dev/stderr; echo three >> /dev/fd/2; [ -p /dev/stdout ] && echo pipe')
    const [out, err] = await Promise.all([text(tree.stdout), text(tree.stderr)])
    expect([out, err]).toEqual(['one\ntwo\npipe\n', 'two\nthree\n'])
    expect(await tree.ended).toEqual({ exitCode: 0, left: [] })
  })

  test('gets an interrupt, a broken pipe and a hangup as in a terminal', async () => {
    const tree = await start(isolation, 'grep -E "^Sig(Ign|Blk)" /proc/self/status')
    expect(await text(tree.stdout)).toBe('SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n')
  })
})

describe.each([...kinds].filter(([, { kind, prefix }]) => kind !== 'namespace' && prefix.length > 0))('a task that is killed %s', (_, isolation) => {
  test('leaves nothing alive that also closed its output, even when it ended by itself', async () => {
    const word = token()
    const loose = `trap "" TERM HUP; kill -USR1 $1; while :; do sleep 1; done`
    const line = `trap 'exit 3' USR1; env -i setsid sh -c '${loose}' ${word} $$ >/dev/null 2>&1 </dev/null & while :; do sleep 0.1; done`
    const tree = await start(isolation, line)
    expect(await tree.ended).toEqual({ exitCode: 3, left: [] })
    expect(alive(word)).toEqual([])
  })

  test('ends even when it killed or froze its own guardian', async () => {
    for (const signal of ['KILL', 'STOP']) {
      const word = token()
      const tree = await start(isolation, `echo go; kill -${signal} $PPID; while :; do sleep 1; done # ${word}`)
      await said(tree, 'go')
      tree.kill()
      expect((await tree.ended).left).toEqual([])
      await until('nothing of it lives', () => alive(word).length === 0)
    }
  })
})

test.each([
  ['an argument is too long', { argv: ['sh', '-c', 'x'.repeat(200_000)] }, /^it could not be started: spawn E2BIG$/],
  ['there is no shell', { environment: { PATH: '/nowhere' } }, /^it could not be started: spawn (mkfifo|sh|perl) ENOENT$/],
  ['its folder is gone', { folder: '/nowhere' }, /^it could not be started: spawn \w+ ENOENT$/],
])('a command cannot be started where %s, and the reason is known at once', async (_, options, reason) => {
  const error = await plant(sweep, { argv: ['true'], environment: inherited, silenceMs: LONG_MS, ...options }).catch((error) => error)
  expect(error).toBeInstanceOf(StartFailure)
  expect(error.message).toMatch(reason)
})
