import { execFileSync } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { inherited } from '../../src/config/config.ts'
import { type Isolation, probe } from '../../src/process/isolate.ts'
import { plant, type TreeOptions } from '../../src/process/tree.ts'
import { alive, escapist, hasSpread, token, until } from '../support/processes.ts'

const LONG_MS = 60_000
const best = await probe()
const kinds: [string, Isolation][] = [['found by descent', await probe('off')]]
// Where the machine allows none, `test/run.js` names in its last lines what was not run.
if (best.kind === 'namespace') kinds.push(['in a PID namespace', best])

async function start(isolation: Isolation, line: string, options: Partial<TreeOptions> = {}) {
  const tree = await plant(isolation, { argv: ['/bin/sh', '-c', line], environment: inherited, silenceMs: LONG_MS, ...options })
  tree.beat()
  return tree
}

async function startEscapist(isolation: Isolation, options?: Partial<TreeOptions>) {
  const word = token()
  const tree = await start(isolation, escapist(word), options)
  tree.stdout.resume()
  await until('it has spread', () => hasSpread(word))
  return { word, tree }
}

describe.each(kinds)('a command %s', (_, isolation) => {
  test.each([
    ['exit 7', 7],
    ['kill -9 $$', 137],
    ['exec /no/such/program', 127],
  ])('ends with the exit code of a shell: %s', async (line, code) => {
    const tree = await start(isolation, line)
    expect((await tree.ended).exitCode).toBe(code)
  })

  test('waits for the first beat', async () => {
    const word = token()
    const tree = await plant(isolation, { argv: ['/bin/sh', '-c', `echo began; : ${word}`], environment: inherited, silenceMs: LONG_MS })
    let printed = ''
    tree.stdout.on('data', (data) => {
      printed += data
    })
    await until('its guardian is there', () => tree.pid !== undefined)
    expect([printed, alive(word)]).toEqual(['', []])
    tree.beat()
    await tree.ended
    await until('it has run', () => printed === 'began\n')
  })

  test('that receives only a TERM may end in its own way', async () => {
    const tree = await start(isolation, 'trap "echo bye; exit 5" TERM; echo ready; while :; do sleep 0.05; done')
    const printed = text(tree.stdout)
    tree.stdout.once('data', () => tree.terminate())
    expect(await tree.ended).toEqual({ exitCode: 5, left: [] })
    expect(await printed).toBe('ready\nbye\n')
  })

  test('that ignores TERM, calls setsid and forks twice is gone after the kill', async () => {
    const { word, tree } = await startEscapist(isolation)
    tree.terminate()
    expect(hasSpread(word)).toBe(true) // the control: a TERM is not enough
    tree.kill()
    await until('nothing of it lives', () => alive(word).length === 0)
    expect((await tree.ended).exitCode).toBe(137)
  })

  test('leaves nothing behind when it ends by itself', async () => {
    const word = token()
    const tree = await start(isolation, `trap 'exit 3' USR1; setsid sh -c 'kill -USR1 $1; while :; do sleep 1; done' ${word} $$ & while :; do sleep 0.02; done`)
    expect((await tree.ended).exitCode).toBe(3)
    await until('nothing of it lives', () => alive(word).length === 0)
  })

  test('dies with all that it started when the beats stop, and not while they come', async () => {
    const { word, tree } = await startEscapist(isolation, { silenceMs: 3000 })
    const beats = setInterval(tree.beat, 100)
    await expect(until('it is dead', () => alive(word).length === 0, 4000)).rejects.toThrow('still not so')
    clearInterval(beats)
    await until('nothing of it lives', () => alive(word).length === 0)
    await tree.ended
  })

  test('gets the given environment, no terminal, and an empty standard input', async () => {
    const tree = await start(isolation, 'env; ls /proc/self/fd; cat', { environment: { PATH: inherited.PATH ?? '', TELLTALE_TASK_ID: 't_1' } })
    const lines = (await text(tree.stdout)).trim().split('\n')
    const names = lines.filter((line) => line.includes('=')).map((line) => line.split('=')[0] as string)
    expect(names.filter((name) => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(name)).sort()).toEqual(['PATH', 'TELLTALE_FENCE_KEY', 'TELLTALE_TASK_ID'])
    const control = execFileSync('ls', ['/proc/self/fd']).toString().trim().split('\n')
    expect(lines.filter((line) => /^\d+$/.test(line))).toEqual(control) // of the guardian's own pipes, none
  })
})
