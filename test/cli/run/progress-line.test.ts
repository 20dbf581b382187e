import { expect, test } from 'vitest'
import { ProgressLine } from '../../../src/cli/run/progress-line.ts'

function terminal(columns = 80, isTTY = true) {
  let written = ''
  const write = (text: string | Uint8Array) => {
    written += String(text)
    return true
  }
  return { isTTY, columns, write, written: () => written.replaceAll('\r\x1b[2K', '<') }
}

test('progress is the last line of a terminal, and makes room for output', () => {
  const screen = terminal()
  const line = new ProgressLine(screen)
  line.show({ done: 42, total: 100, text: 'copying' })
  line.erase()
  line.printed(Buffer.from('some'))
  line.show({ done: 43, total: 100 })
  line.erase()
  line.printed(Buffer.from(' output\n'))
  line.end()
  line.printed(Buffer.from('more\n'))
  expect(screen.written()).toBe('<[########------------] 42 of 100, copying<<[########------------] 43 of 100<')
})

test('without a total it counts, and a narrow terminal cuts it', () => {
  const screen = terminal(12)
  const line = new ProgressLine(screen)
  line.show({ done: 1204 })
  line.show({ done: 5, total: 10 })
  expect(screen.written()).toBe('<1,204<[##########')
})

test('nothing is written where there is no terminal', () => {
  const file = terminal(80, false)
  const line = new ProgressLine(file)
  line.show({ done: 1 })
  line.printed(Buffer.from('x\n'))
  line.end()
  expect(file.written()).toBe('')
})
