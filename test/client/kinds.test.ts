import { expect, expectTypeOf, test } from 'vitest'
import type { z } from 'zod'
import { type Client, connect, type Event, is, type Payloads, Refused, type Spooled } from '../../src/client/index.js'
import { KIND_NAME } from '../../src/log/kinds.ts'
import { slices } from '../../src/slices.ts'
import { temporaryFolder } from '../support/server.ts'

const LINE_WIDTH = 160
const HEAD = `// Written from the kinds of every slice by its test: vitest run -u test/client/kinds.test.ts

export interface Payloads {
`

test('the client’s types are those of the registry, field by field', async () => {
  const declared = slices.flatMap(({ events = {} }) => Object.values(events)).sort((a, b) => (a.name < b.name ? -1 : 1))
  const kinds = declared.map(({ name, when, payload }) => `  /** ${when} */\n${member(name, payload.shape)}\n`)
  await expect(`${HEAD}${kinds.join('')}}\n`).toMatchFileSnapshot('../../src/client/kinds.d.ts')
})

test('the client refuses the same names of kinds as the server', async () => {
  const client = connect({ data: temporaryFolder() })
  const names = [
    'task.created',
    'com.example.a-b.c1',
    'task',
    'Task.created',
    'task.',
    '.created',
    'task created',
    'a.b.c.d.e.f.g.h',
    'a.b.c.d.e.f.g.h.i',
    'ä.b',
  ]
  const refused = await Promise.all(
    names.map((name) =>
      client.publishAuto(name).then(
        () => false,
        (error) => error instanceof Refused,
      ),
    ),
  )
  expect(names.filter((_, i) => !refused[i])).toEqual(names.filter((name) => KIND_NAME.test(name)))
})

test('what is published and what is read has the type of its kind', () => {
  expectTypeOf<Payloads['task.deleted']>().toEqualTypeOf<{ task_id: string; reason: string; title?: string; queue?: string }>()
  const typed = async (client: Client, event: Event) => {
    await client.publish('task.deleted', { task_id: 't_1', reason: 'done' })
    // @ts-expect-error a field of a known kind is missing
    await client.publish('task.deleted', { task_id: 't_1' })
    expectTypeOf(await client.publishAuto('backup.finished', { anything: 1 })).toExtend<{ seq: number } | Spooled>()
    if (is(event, 'budget.crossed')) expectTypeOf(event.payload.level).toEqualTypeOf<'warn' | 'stop'>()
    for await (const { kind, payload } of client.subscribe({ kinds: ['message.', 'task.deleted'] })) {
      expectTypeOf(kind).toEqualTypeOf<'message.sent' | 'message.delivered' | 'task.deleted'>()
      if (kind === 'task.deleted') expectTypeOf(payload).toEqualTypeOf<Payloads['task.deleted']>()
    }
    for await (const each of client.subscribe()) expectTypeOf(each).toEqualTypeOf<Event>()
  }
  expect(typed).toBeTypeOf('function')
})

/** On one line where that fits, as the formatter has it. */
function member(name: string, shape: z.core.$ZodShape): string {
  const fields = Object.entries(shape).map(([field, type]) => `${field}${type._zod.def.type === 'optional' ? '?' : ''}: ${print(type as z.core.$ZodTypes)}`)
  const line = `  '${name}': { ${fields.join('; ')} }`
  return line.length <= LINE_WIDTH ? line : `  '${name}': {\n${fields.map((field) => `    ${field}\n`).join('')}  }`
}

/** A type of zod in TypeScript's words; throws on one that the registry did not use so far. */
function print(type: z.core.$ZodTypes): string {
  const { def } = type._zod
  const inner = (of: z.core.$ZodType) => print(of as z.core.$ZodTypes)
  if (def.type === 'string' || def.type === 'number' || def.type === 'boolean' || def.type === 'unknown') return def.type
  if (def.type === 'enum')
    return Object.values(def.entries)
      .map((word) => `'${word}'`)
      .join(' | ')
  if (def.type === 'optional') return inner(def.innerType)
  if (def.type === 'nullable') return `${inner(def.innerType)} | null`
  if (def.type === 'array') return `${inner(def.element)}[]`
  if (def.type === 'record') return `Record<${inner(def.keyType)}, ${inner(def.valueType)}>`
  throw new Error(`there is no word yet for a ${def.type}`)
}
