import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readTypeFile } from '../../../src/tasks/types/type-file.ts'
import { form, type TestApp, testApp } from '../../support/app.ts'

const HTML = { accept: 'text/html' }
const ARCHIVE = `title: Archive a folder
argv: [tar, czf, '{target}', '{folder}', '{level}']
queue: backup
params:
  folder: { label: Folder, required: true }
  target: { default: out.tgz }
  level: { type: choice, values: [fast, best] }
`
/** Line by line, what is wrong with a file. */
const mistakesIn = (text: string) => {
  const read = readTypeFile(text)
  return 'type' in read ? [] : read.mistakes.map(({ line, at, message }) => `${line} ${at}: ${message}`)
}

const put = (app: TestApp, name: string, text: string) => {
  mkdirSync(join(app.config.data, 'task-types'), { recursive: true })
  writeFileSync(join(app.config.data, 'task-types', name), text)
}
const newTask = async (app: TestApp, path = '/ui/tasks/new') => (await app.ask(path, { headers: HTML })).text()

describe('a file is refused', () => {
  test.each([
    ['argv: [tar, "{folder}"', ['1 : Flow sequence in block collection must be sufficiently indented and end with a ].']],
    ['', ['null : This must be a map of fields.']],
    ['title: 5\nargv: tar\ncolour: red', ['1 title: This must be text, in quotes.', '2 argv: This must be a list.', '3 colour: Unknown field.']],
    ['title: None', ['null argv: This is required.']],
    ['argv:\n  - sleep\n  - 5', ['3 argv.1: This must be text, in quotes.']],
    ["argv: [cp, '{from}']\nparams:\n  from: { type: file }", ['3 params.from.type: A parameter is one of string, integer, number, boolean, choice.']],
    ["argv: ['true']\nparams:\n  From: {}", ['3 params.From: A parameter name has lowercase letters, digits and underscores, and starts with a letter.']],
    ["argv: [cp, '{from}']\nparams:\n  from: { type: choice }", ['3 params.from: A choice needs values.']],
    ["argv: [cp, '{from}']\nparams:\n  from:\n    values: [a]", ['4 params.from.values: Only a parameter of type choice has values.']],
    ["argv: [cp, '{n}']\nparams:\n  n: { type: integer, max: 3, default: 4 }", ['3 params.n.default: The default is invalid for this parameter. At most 3.']],
  ])('and reports mistakes: %j', (text, mistakes) => expect(mistakesIn(text)).toEqual(mistakes))

  test('for a placeholder that names no parameter, and for a parameter that no argument uses', () => {
    expect(mistakesIn("argv:\n  - cp\n  - '{from}/{nope}'\nparams:\n  from: {}\n  unused: {}")).toEqual([
      '3 argv.1: {nope} names no parameter: list it under params, or write {{nope}} for an argument that holds {nope} as it is.',
      '6 params.unused: No argument uses it: put {unused} into argv, or leave it out.',
    ])
  })
})

test('braces that are no placeholder reach the command as they are', async () => {
  const app = await testApp()
  put(app, 'odd.yaml', "argv: [find, '{}', '{{.Names}}', '{{word}}', '{word}', '$HOME']\nparams:\n  word: {}\n")
  const { item } = (await app.json('/api/tasks', { type: 'odd', params: { word: 'x' } })).body
  expect(item.argv).toEqual(['find', '{}', '{{.Names}}', '{word}', 'x', '$HOME'])
})

describe('the API', () => {
  test('lists the types with their parameters, and broken files with the reasons', async () => {
    const app = await testApp()
    expect((await app.json('/api/task-types')).body).toEqual({ epoch: app.epoch, seq: 0, items: [], next: null, broken: [] })
    put(app, 'archive.yaml', ARCHIVE)
    put(app, 'archive.yml', "argv: ['true']")
    put(app, 'bad.yaml', 'title: Bad')
    put(app, 'notes.txt', 'no type')
    symlinkSync('nowhere', join(app.config.data, 'task-types', 'gone.yaml'))
    await app.json('/api/tasks', { command: 'true' })
    const { body, headers } = await app.json('/api/task-types')
    expect(headers.get('x-live-seq')).toBe(`1.${app.epoch}`)
    expect(body).toEqual({
      epoch: app.epoch,
      seq: 1,
      items: [
        {
          name: 'archive',
          title: 'Archive a folder',
          argv: ['tar', 'czf', '{target}', '{folder}', '{level}'],
          queue: 'backup',
          params: [
            { name: 'folder', type: 'string', label: 'Folder', required: true },
            { name: 'target', type: 'string', required: false, default: 'out.tgz' },
            { name: 'level', type: 'choice', required: false, values: ['fast', 'best'] },
          ],
        },
      ],
      next: null,
      broken: [
        { file: 'archive.yml', mistakes: [{ line: null, at: '', message: 'There is another file for the type archive.' }] },
        { file: 'bad.yaml', mistakes: [{ line: null, at: 'argv', message: 'This is required.' }] },
        { file: 'gone.yaml', mistakes: [{ line: null, at: '', message: 'It is not read, because it is a symbolic link.' }] },
      ],
    })
  })

  test('reports a folder that cannot be read', async () => {
    const app = await testApp()
    writeFileSync(join(app.config.data, 'task-types'), '')
    expect((await app.json('/api/task-types')).body.broken).toMatchObject([
      { file: 'task-types/', mistakes: [{ message: 'It cannot be read: not a directory.' }] },
    ])
  })

  test('takes the parameters of a form one by one or as JSON, and reports invalid ones', async () => {
    const app = await testApp()
    put(app, 'nap.yaml', 'argv: [sleep, "{n}"]\nparams:\n  n: { type: integer, required: true, max: 3 }')
    const create = async (fields: Record<string, string>) =>
      (await (await app.ask('/api/tasks', form({ type: 'nap', ...fields }))).json()) as { item: { argv: string[] }; fields: Record<string, string> }
    for (const fields of [{ 'params.n': '2' }, { params: '{"n": 2}' }] as Record<string, string>[])
      expect((await create(fields)).item.argv).toEqual(['sleep', '2'])
    expect((await create({ 'params.n': 'x' })).fields).toEqual({ 'params.n': 'This must be a whole number.' })
    expect((await create({ 'params.n': '4' })).fields).toEqual({ 'params.n': 'At most 3.' })
  })

  test('refuses a task of a broken type with the mistakes in its file', async () => {
    const app = await testApp()
    put(app, 'bad.yaml', "argv: [echo, '{nope}']")
    const { status, body } = await app.json('/api/tasks', { type: 'bad' })
    expect(status).toBe(422)
    expect(body.detail).toMatch(/^The task type "bad" cannot be used: bad\.yaml: line 1, argv\.1: \{nope\} names no parameter/)
    expect(await app.logged()).toEqual([])
  })
})

describe('the form of a new task', () => {
  test('shows a broken file with its name, the place and the reason, also without script', async () => {
    const app = await testApp()
    put(app, 'bad.yaml', 'argv: [sleep, 5]')
    for (const path of ['/ui/tasks/new', '/tasks/new']) {
      const page = await newTask(app, path)
      expect(page).toContain('<code>bad.yaml</code>')
      expect(page.replace(/<[^>]*>/g, '')).toContain('Line 1, argv.1: This must be text, in quotes.')
    }
    expect(await newTask(app, '/tasks')).toMatch(/<a [^>]*href="\/tasks\/new" data-opens="sheet"/)
  })

  test('shows an edit of a file without a restart', async () => {
    const app = await testApp()
    put(app, 'archive.yaml', 'argv: tar')
    expect(await newTask(app)).not.toContain('/tasks/new?type=archive')
    put(app, 'archive.yaml', ARCHIVE)
    const fixed = await newTask(app)
    expect(fixed).toContain('/tasks/new?type=archive')
    expect(fixed).not.toContain('archive.yaml')
    rmSync(join(app.config.data, 'task-types', 'archive.yaml'))
    expect(await newTask(app)).not.toContain('/tasks/new?type=archive')
  })

  test('is shown with the typed values if its type broke meanwhile', async () => {
    const app = await testApp()
    put(app, 'archive.yaml', 'argv: tar')
    const refused = await app.ask('/api/tasks', form({ type: 'archive', 'params.folder': 'src' }, HTML))
    expect(refused.status).toBe(422)
    expect(await refused.text()).toContain('The task type &#34;archive&#34; cannot be used: archive.yaml: line 1, argv: This must be a list.')
  })
})

test('a server logs once which files it skips', async () => {
  const app = await testApp()
  put(app, 'bad.yaml', 'title: Bad')
  await app.start()
  const told = () => app.lines.filter((line) => line.includes('bad.yaml'))
  await expect.poll(told).toEqual(['a task type is left out: bad.yaml: argv: This is required.'])
  await newTask(app)
  expect(told()).toHaveLength(1)
})
