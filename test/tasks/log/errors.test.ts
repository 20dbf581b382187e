import { expect, test } from 'vitest'
import { type ErrorLines, errorLines, MOST_ERRORS } from '../../../src/tasks/context/error-lines.ts'
import { output } from '../../../src/tasks/log/output.ts'
import { claimed } from '../../leases/claimed.ts'
import { testApp } from '../../support/app.ts'

const MEBIBYTE = 1_048_576
const SECOND_MS = 1_000

async function printing() {
  const app = await testApp()
  const { id } = await claimed(app)
  const print = async (text: string) => {
    const { size } = await output(app).log(id, 1)
    await output(app).append(id, 1, { offset: size, stream: 'stdout', bytes: Buffer.from(text) })
  }
  const ask = async () => (await app.json<ErrorLines>(`/api/tasks/${id}/log/errors?attempt=1`)).body
  /** Later than the last read. */
  const errors = () => {
    app.time.pass(SECOND_MS)
    return ask()
  }
  return { app, id, print, ask, errors }
}

test('errors are counted as a log grows, without the lines of their stacks', async () => {
  const { print, errors } = await printing()
  expect(await errors()).toEqual({ numbers: [], more: false })
  await print('INFO a\n\u001b[31mERROR\u001b[0m b\n    at c\nno error\n\nerror[E1]: d\nERROR half')
  expect(await errors()).toEqual({ numbers: [2, 6, 7], more: false })
  await print(' and whole\nfatal: e\n')
  expect(await errors()).toEqual({ numbers: [2, 6, 7, 8], more: false })
})

test('however many pages ask, a log is read once, and only where it has grown', async () => {
  const { app, print, ask, errors } = await printing()
  const first = 'ERROR a\n'
  await print(first)
  await Promise.all(Array.from({ length: 20 }, errors))
  expect(errorLines(app).read).toBe(first.length)
  await print('ERROR b\n')
  // Too soon after the last time.
  expect(await ask()).toEqual({ numbers: [1], more: true })
  expect(errorLines(app).read).toBe(first.length)
  expect(await Promise.all(Array.from({ length: 20 }, errors))).toContainEqual({ numbers: [1, 2], more: false })
  expect(errorLines(app).read).toBe(2 * first.length)
})

test('a long log is read in parts, past a line that is longer than one', async () => {
  const { print, errors } = await printing()
  const half = 'x'.repeat(MEBIBYTE / 2)
  for (const text of ['ERROR a\n', half, half, half, '\nERROR b\n', half, '\nERROR c\n']) await print(text)
  expect(await errors()).toEqual({ numbers: [1, 3, 5], more: false })
})

test('the newest thousand are sent, and none of a line that is no longer kept', async () => {
  const { print, errors } = await printing()
  await print('ERROR\n'.repeat(MOST_ERRORS + 5))
  expect((await errors()).numbers).toEqual(Array.from({ length: MOST_ERRORS }, (_, i) => i + 6))
  const filler = `${'x'.repeat(MEBIBYTE / 2 - 1)}\n`
  for (let i = 0; i < 24; i++) await print(filler)
  await print('ERROR last\n')
  expect(await errors()).toEqual({ numbers: [MOST_ERRORS + 5 + 24 + 1], more: false })
})
