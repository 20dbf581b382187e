import { describe, expect, it, test } from 'vitest'
import { WINDOW_BYTES } from '../../../src/tasks/log/lines.ts'
import { Terminal } from '../../../src/tasks/log/terminal.ts'

const ESC = '\x1b'
const html = (text: string) => new Terminal().line(text).html
const span = (classes: string, text: string) => `<span class="${classes}">${text}</span>`

describe('a line of output', () => {
  it.each([
    ['plain text, escaped', 'a <b> & c', 'a &lt;b> &amp; c'],
    ['the text of a link', `${ESC}]8;;https://example.org/${ESC}\\link${ESC}]8;;${ESC}\\ after`, 'link after'],
    ['a link that BEL ends', `${ESC}]8;id=1;https://example.org/\x07link${ESC}]8;;\x07 after`, 'link after'],
    ['no title of a window', `${ESC}]0;a title\x07text${ESC}]2;another${ESC}\\!`, 'text!'],
    ['the text of a string that nothing ends', `${ESC}]0;a title`, '0;a title'],
    ['no device control string', `a${ESC}P1$r0m${ESC}\\b${ESC}_apc${ESC}\\c${ESC}^pm${ESC}\\d`, 'abcd'],
    ['a colour with colons', `${ESC}[38:2::255:0:0mred${ESC}[0m`, span('ansi-red-fg', 'red')],
    ['a colour with colons and no colour space', `${ESC}[38:2:0:187:0mgreen${ESC}[m`, span('ansi-green-fg', 'green')],
    ['a colour with semicolons', `${ESC}[1;38;2;255;85;85;4mred${ESC}[0m`, span('ansi-bold ansi-underline ansi-bright-red-fg', 'red')],
    ['a colour of the 256', `${ESC}[38;5;1mred${ESC}[48:5:4mon blue`, span('ansi-red-fg', 'red') + span('ansi-red-fg ansi-blue-bg', 'on blue')],
    ['a line that was erased and written again', `old text${ESC}[2K${ESC}[1Gnew`, 'new'],
    ['the rest that was erased', `12345\r12${ESC}[K!`, '12!'],
    ['inverse video', `${ESC}[7minverse${ESC}[27m plain`, `${span('ansi-inverse', 'inverse')} plain`],
    ['inverse video with colours', `${ESC}[31;42;7mboth`, span('ansi-green-fg ansi-red-bg', 'both')],
    ['text that is struck out', `${ESC}[9mstruck${ESC}[29m not`, `${span('ansi-strike', 'struck')} not`],
    ['a curly underline', `${ESC}[4:3mwrong${ESC}[4:0m`, span('ansi-underline', 'wrong')],
    ['text that asks to be hidden', `${ESC}[8msecret${ESC}[28m`, 'secret'],
    ['progress as it stands last', '10%\r50%\r100%\r', '100%'],
    ['progress over a longer text', 'downloading\rdone', 'doneloading'],
    ['a spinner', `-\b\\\b|\b/\b done`, ' done'],
    ['a column that is addressed', `ab${ESC}[10Gj${ESC}[3Dx`, 'ab     x j'],
    ['no cursor that is hidden, no charset, no keypad', `${ESC}[?25l${ESC}(B${ESC}=text${ESC}[?25h`, 'text'],
    ['controls of C1', '\x9b31mred\x9b0m \x9d0;title\x9ctext', `${span('ansi-red-fg', 'red')} text`],
    ['nothing turned around', 'a\u202eb\u2066c', 'abc'],
    ['no NUL, no BEL, but tabs', 'a\0b\x07\tc', 'ab\tc'],
    ['characters of two units', `👍🏽 ok\r${ESC}[7m👎`, `${span('ansi-inverse', '👎')}🏽 ok`],
  ])('shows %s', (_name, text, expected) => expect(html(text)).toBe(expected))

  it('has the same text with and without colours', () => {
    expect(new Terminal().line(`${ESC}[1mRe${ESC}[0mfused`).text).toBe('Refused')
  })

  it('is shortened if it is too long', () => {
    expect(html('x'.repeat(20_000))).toBe(`${'x'.repeat(16_384)}… (3616 more characters)`)
    expect(html(`y\r${'x'.repeat(20_000)}`)).toBe(`${'x'.repeat(16_384)}… (3616 more characters)`)
  })
})

test('a colour stays on until it is reset, from line to line', () => {
  const terminal = new Terminal()
  terminal.skim(`${ESC}[31mbegun before`)
  expect([terminal.line('one').html, terminal.line(`two${ESC}[0m three`).html, terminal.line('four').html]).toEqual([
    span('ansi-red-fg', 'one'),
    `${span('ansi-red-fg', 'two')} three`,
    'four',
  ])
})

/** CPU time of this thread, which nothing else on the machine lengthens. */
function spent(act: () => void): number {
  const before = process.threadCpuUsage()
  act()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1000
}

/** Quadratic code would need minutes for this. */
const HOSTILE: [string, string][] = [
  ['carriage returns', '\r'],
  ['carriage returns with text between', '\rx'],
  ['open sequences', `${ESC}[`],
  ['open links', `${ESC}]8;;`],
  ['open strings and text', `${ESC}]x`],
  ['colours', `${ESC}[31mx`],
  ['true colours', `${ESC}[38;2;1;2;3mx\b`],
  ['parameters', `${ESC}[${';'.repeat(1000)}`],
  ['jumps to the right', `${ESC}[9999Gx${ESC}[1G${ESC}[K`],
  ['erasures', `${ESC}[9999G${ESC}[1K`],
  ['erasures with text between', `${ESC}[99X\rx`],
  ['backspaces', 'x\b\b'],
  ['NULs', '\0'],
  ['spaces', ' '],
  ['brackets', '('],
  ['bytes that are no text', '\ufffd'],
]

it.each(HOSTILE)('takes as many %s as a page holds in its stride', (_name, piece) => {
  const text = piece.repeat(Math.ceil(WINDOW_BYTES / piece.length))
  for (const line of [text, `${text}\rx`, `${'y'.repeat(16_384)}${text}`]) expect(spent(() => html(line))).toBeLessThan(500)
})
