import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { tokenFrom } from '../../src/cli/credential.ts'

function fileOf(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'telltale-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'token')
  writeFileSync(file, content)
  return file
}

test('a token is read from a file that ends with a line feed', () => {
  expect(tokenFrom({ 'token-file': fileOf('tt_viewer_1_x\n') })).toBe('tt_viewer_1_x')
})

test.each([
  ['two lines', 'tt_viewer_1_x\ntt_viewer_2_y\n', /must hold one token/],
  ['a space', 'tt_viewer_1_x # mine', /must hold one token/],
  ['a character that no header carries', 'tt_viewer_1_é', /must hold one token/],
  ['nothing', '\n', /is empty/],
])('a token file that holds %s is refused with a sentence', (_, content, sentence) => {
  expect(() => tokenFrom({ 'token-file': fileOf(content) })).toThrow(sentence)
})

test('a variable that holds two lines is refused in one line, with the exit code of wrong usage', () => {
  const env = { ...process.env, TELLTALE_TOKEN: 'tt_worker_1_x\ny' }
  const { status, stderr } = spawnSync(process.execPath, ['src/launch.js', 'worker', '--url', 'http://127.0.0.1:9'], { env, encoding: 'utf8' })
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: 'telltale worker: TELLTALE_TOKEN must hold one token and nothing else: no spaces and no further lines\n',
  })
})

test.each([
  ['worker', '--url', 'example.org'],
  ['run', '--url', 'http://[', '--', 'true'],
  ['emit', 'a.b', '--url', 'ftp://x'],
])('%s refuses a URL that is none in one line', (...args) => {
  const { status, stderr } = spawnSync(process.execPath, ['src/launch.js', ...args], { encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringMatching(/^telltale \w+: a server's URL looks like [^\n]+\n$/) })
})
