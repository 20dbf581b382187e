import { expect, test } from 'vitest'
import { startOrder } from '../../../src/tasks/types/pipeline-file.ts'
import { readTypeFile } from '../../../src/tasks/types/type-file.ts'

/** Line by line, what is wrong with a file. */
const mistakesIn = (text: string) => {
  const read = readTypeFile(text)
  return 'type' in read ? [] : read.mistakes.map(({ line, at, message }) => `${line} ${at}: ${message}`)
}

const step = (name: string, needs: string[] = []) => `  - name: ${name}\n    argv: ['true']\n    needs: [${needs.join(', ')}]\n`

test('a pipeline starts each step after those that it needs, in whatever order they are written', () => {
  const read = readTypeFile(`steps:\n${step('ship', ['test', 'lint'])}${step('test', ['build'])}${step('build')}${step('lint')}`)
  if (!('type' in read) || !read.type.steps) throw new Error(JSON.stringify(read))
  expect(startOrder(read.type.steps).order.map(({ name }) => name)).toEqual(['build', 'lint', 'test', 'ship'])
})

test('a name given twice is refused at its line', () => {
  expect(mistakesIn(`steps:\n${step('build')}${step('build')}`)).toEqual(['5 steps.1.name: Another step is already named build.'])
})

test('a need for an unknown step is refused at its line', () => {
  expect(mistakesIn(`steps:\n${step('build', ['fetch'])}`)).toEqual(['4 steps.0.needs.0: There is no step named fetch.'])
})

test('a cycle is refused at each step that it holds back, and at no other', () => {
  expect(mistakesIn(`steps:\n${step('a', ['b'])}${step('b', ['a'])}${step('c')}`)).toEqual([
    '4 steps.0.needs: a can never start, because its needs form or follow a cycle.',
    '7 steps.1.needs: b can never start, because its needs form or follow a cycle.',
  ])
})

test('a step that needs itself is refused', () => {
  expect(mistakesIn(`steps:\n${step('a', ['a'])}`)).toEqual(['4 steps.0.needs: a can never start, because its needs form or follow a cycle.'])
})

test('a parameter must be used by some step, and a placeholder must name one', () => {
  const text = `params: { tag: {} }\nsteps:\n  - { name: a, argv: [echo, '{tag}'] }\n  - { name: b, argv: [echo, '{other}'] }\n`
  expect(mistakesIn(text)).toHaveLength(1)
  expect(mistakesIn(text)[0]).toMatch(/^4 steps.1.argv.1: \{other\} names no parameter/)
  expect(mistakesIn(`params: { tag: {} }\nsteps:\n${step('a')}`)[0]).toMatch(/^1 params.tag: No argument uses it/)
})
