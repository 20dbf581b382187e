import { expect, test } from 'vitest'
import { readPrompt } from '../../src/tasks/context/prompt.ts'

test.each([
  ['Deploy 3 services? [y/N]', ['y', 'N'], false],
  ['Continue (yes/no)?', ['yes', 'no'], false],
  ['Overwrite [y/n/all]', ['y', 'n', 'all'], false],
  ['Are you sure you want to continue connecting (yes/no/[fingerprint])?', [], false],
  ['Path [/usr/local]:', [], false],
  ['[sudo] password for ana:', [], true],
  ['Enter passphrase for key:', [], true],
  ['New PIN?', [], true],
  ['Name of the shopping list?', [], false],
])('%s', (line, choices, isHidden) => {
  expect(readPrompt(line)).toEqual({ text: line, choices, isHidden })
})

test('a long prompt is cut at its beginning', () => {
  expect(readPrompt(`${'x'.repeat(400)}?`).text).toBe(`…${'x'.repeat(299)}?`)
})
