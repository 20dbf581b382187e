import { expect, test } from 'vitest'
import type { Run } from '../../../src/db/index.ts'
import { lastOf, toLines } from '../../../src/tasks/log/lines.ts'

const runsOf = (...texts: string[]): Run[] => {
  let offset = 100
  return texts.map((text) => {
    const run: Run = { offset, stream: 'stdout', bytes: Buffer.from(text) }
    offset += text.length
    return run
  })
}
const read = (runs: readonly Run[]) => toLines(runs).map(({ offset, bytes }) => [offset, Buffer.concat(bytes).toString()])

test('the last lines are those that all lines end with, at their offsets, however the output is divided', () => {
  const text = 'first\n\nthird\n\nfifth\nsixth\n'
  for (let cut = 0; cut <= text.length; cut++) {
    const runs = runsOf(text.slice(0, cut), text.slice(cut))
    for (const most of [1, 2, 4, 6, 7]) expect(read(lastOf(runs, most)), `${most} of ${cut}`).toEqual(read(runs).slice(-most))
  }
})

test('an incomplete line comes on top of them', () => {
  expect(read(lastOf(runsOf('a\nb\nc\nd'), 2))).toEqual([
    [102, 'b'],
    [104, 'c'],
    [106, 'd'],
  ])
})
