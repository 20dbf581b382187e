import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { inherited } from '../../src/config/config.ts'
import { type Isolation, probe } from '../../src/process/isolate.ts'
import type { Stdin } from '../../src/process/stdin.ts'
import { plant, type Tree } from '../../src/process/tree.ts'
import { until } from '../support/processes.ts'

const kinds: [string, Isolation][] = [['here', await probe()]]
const swept = await probe('off')
if (kinds[0]?.[1].kind !== swept.kind) kinds.push(['swept', swept])

interface Run {
  tree: Tree
  seen(): string
  output: Promise<[string, string]>
}

async function run(isolation: Isolation, stdin: Stdin, line: string): Promise<Run> {
  const tree = await plant(isolation, { argv: ['/bin/sh', '-c', line], environment: inherited, stdin, silenceMs: 60_000 })
  let seen = ''
  tree.stdout.on('data', (bytes) => (seen += bytes))
  const output = Promise.all([text(tree.stdout), text(tree.stderr)])
  tree.beat()
  return { tree, seen: () => seen, output }
}

const type = ({ input }: Tree, typed: string) => expect(input?.write(Buffer.from(typed))).toBe(true)

describe.each(kinds)('%s, a command', (_, isolation) => {
  test('reads from a pipe, until that is ended', async () => {
    const { tree, output } = await run(isolation, 'open', 'read -r a; echo "got $a"; cat; echo over >&2; exit 4')
    type(tree, 'one\ntwo\n')
    type(tree, '\x04')
    expect((await tree.ended).exitCode).toBe(4)
    expect(await output).toEqual(['got one\ntwo\n', 'over\n'])
    expect(tree.input?.write(Buffer.from('late'))).toBe(false)
  })

  test('has a terminal: it asks, hides what is typed, and knows its size', async () => {
    const { tree, seen, output } = await run(
      isolation,
      'pty',
      'test -t 0 && stty size; printf "Name? "; read -r n; stty -echo; printf "PIN? "; read -r p; stty echo; echo; echo "$n, $(printf %s "$p" | wc -c)" >&2; stty size; exit 3',
    )
    await until('it asks', () => seen().endsWith('Name? '))
    tree.input?.resize({ cols: 90, rows: 40 })
    type(tree, 'Ada\r')
    await until('it asks again', () => seen().endsWith('PIN? '))
    type(tree, '123456\r')
    expect((await tree.ended).exitCode).toBe(3)
    expect(await output).toEqual(['30 120\r\nName? Ada\r\nPIN? \r\nAda, 6\r\n40 90\r\n', ''])
  })

  test('loses nothing that it printed in a terminal before it ended, however late that is read', async () => {
    const tree = await plant(isolation, { argv: ['/bin/sh', '-c', 'seq 200000; printf end'], environment: inherited, stdin: 'pty', silenceMs: 60_000 })
    tree.stdout.pause()
    tree.beat()
    await until('the pipe is full', () => tree.stdout.readableLength > 0 || tree.over() === false)
    const printed = await text(tree.stdout)
    expect((await tree.ended).exitCode).toBe(0)
    expect(printed).toBe(`${Array.from({ length: 200_000 }, (_, i) => `${i + 1}\r\n`).join('')}end`)
  })

  test('in a terminal gets Ctrl-C as a signal, and the signal of a cancel', async () => {
    const { tree, seen } = await run(
      isolation,
      'pty',
      'trap "echo interrupted" INT; trap "echo terminated; exit 9" TERM; echo up; while :; do sleep 0.05; done',
    )
    await until('it runs', () => seen().includes('up'))
    type(tree, '\x03')
    await until('it is interrupted', () => seen().includes('interrupted'))
    tree.terminate()
    expect((await tree.ended).exitCode).toBe(9)
    expect(seen()).toContain('terminated')
  })

  test.each([
    ['exit 127', 'exec /no/such/command', 127],
    ['a kill', 'kill -9 $$', 137],
  ])('in a terminal ends with the exit code of %s', async (_, line, code) => {
    const { tree } = await run(isolation, 'pty', line)
    expect((await tree.ended).exitCode).toBe(code)
  })

  test('is killed with its terminal', async () => {
    const { tree, seen } = await run(isolation, 'pty', 'trap "" TERM HUP INT; echo "pid $$"; while :; do sleep 0.05; done')
    await until('it runs', () => seen().includes('pid'))
    tree.kill()
    expect((await tree.ended).left).toEqual([])
  })
})
