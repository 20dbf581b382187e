import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { configFrom } from '../../../src/config/config.ts'
import { targetOf } from '../../../src/config/upstream.ts'
import { upstreamsFrom } from '../../../src/config/upstreams.ts'
import { telltale, temporaryFolder } from '../../support/server.ts'

const SECRETS: Record<string, string> = { LAPTOP_TOKEN: 'tt_laptop', TELLTALE_TOKEN_NAS_2: 'tt_nas' }

function configured(json: unknown, ...flags: string[]) {
  const file = join(temporaryFolder(), 'telltale.config.json')
  writeFileSync(file, typeof json === 'string' ? json : JSON.stringify(json))
  return upstreamsFrom(configFrom(['--config', file, ...flags], {}), (name) => SECRETS[name])
}

test('a file lists the four sorts of upstream, and a flag adds another Telltale', () => {
  const upstreams = [
    { name: 'laptop', url: 'http://127.0.0.1:8356', token_env: 'LAPTOP_TOKEN', kinds: ['task.'], since: 'beginning' },
    { name: 'ci', sse: 'https://ci.example/events?key=secret', token: 'abc' },
    { name: 'feed', ndjson: 'http://127.0.0.1:9/feed' },
    { name: 'journal', command: ['tail', '-F', 'events.ndjson'] },
  ]
  const read = configured({ upstreams }, '--upstream', 'nas-2=http://127.0.0.1:8357/a,b?c=d', '--upstream', 'x=http://h/,y=http://i/')
  expect(read).toMatchObject([
    { kind: 'telltale', name: 'laptop', token: 'tt_laptop', kinds: ['task.'], since: 'beginning' },
    { kind: 'sse', name: 'ci', token: 'abc', kinds: [], since: 'now' },
    { kind: 'ndjson', name: 'feed', token: undefined },
    { kind: 'command', name: 'journal', argv: ['tail', '-F', 'events.ndjson'] },
    { kind: 'telltale', name: 'nas-2', url: 'http://127.0.0.1:8357/a,b?c=d', token: 'tt_nas' },
    { name: 'x', url: 'http://h/' },
    { name: 'y', url: 'http://i/' },
  ])
  expect(read.map(targetOf).slice(0, 4)).toEqual(['http://127.0.0.1:8356', 'https://ci.example/events', 'http://127.0.0.1:9/feed', 'tail …'])
})

test('without a file there is no upstream; a named file must exist', () => {
  expect(upstreamsFrom(configFrom([], {}))).toEqual([])
  expect(() => upstreamsFrom(configFrom(['--config', '/nowhere/at.all'], {}))).toThrow('/nowhere/at.all cannot be read: ENOENT')
})

test.each([
  ['{', 'telltale.config.json is not JSON'],
  [{ upstream: [] }, 'telltale.config.json: Unrecognized key: "upstream"'],
  [{ upstreams: [{ name: 'a', url: 'http://h', colour: 'red' }] }, 'upstreams.0: Unrecognized key: "colour"'],
  [{ upstreams: [{ name: 'Laptop', url: 'http://h' }] }, 'upstreams.0.name: must be 1 to 40'],
  [{ upstreams: [{ name: 'local', url: 'http://h' }] }, 'upstreams.0.name: must not be "local"'],
  [{ upstreams: [{ name: 'a', url: 'ftp://h' }] }, 'upstreams.0.url: must be an http or https URL'],
  [{ upstreams: [{ name: 'a', url: 'http://me:secret@h' }] }, 'upstreams.0.url: must not contain a password'],
  [{ upstreams: [{ name: 'a' }] }, 'upstreams.0: must have exactly one of url, sse, ndjson, command'],
  [{ upstreams: [{ name: 'a', url: 'http://h', sse: 'http://h' }] }, 'upstreams.0: must have exactly one of'],
  [{ upstreams: [{ name: 'a', command: [] }] }, 'upstreams.0.command: must name a program'],
  [{ upstreams: [{ name: 'a', url: 'http://h', token: 'a\r\nb: c' }] }, 'upstreams.0.token: must be one word'],
  [{ upstreams: [{ name: 'a', url: 'http://h', kinds: ['*'] }] }, 'upstreams.0.kinds.0: must be a kind'],
  [{ upstreams: [{ name: 'a', sse: 'http://h', since: 'beginning' }] }, 'upstreams.0: can start at the "beginning" only with a url'],
  [
    {
      upstreams: [
        { name: 'a', sse: 'http://h' },
        { name: 'a', sse: 'http://i' },
      ],
    },
    'upstreams: two are named "a"',
  ],
])('%j is refused in one line that names the field', (json, sentence) => {
  expect(() => configured(json)).toThrow(sentence)
  try {
    configured(json)
  } catch (error) {
    expect((error as Error).message).not.toContain('\n')
    expect((error as Error).message).not.toContain('secret')
  }
})

test('a server with an invalid configuration does not start, with exit code 2', async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'telltale.config.json')
  writeFileSync(file, '{"upstreams":[{"name":"a","url":"laptop:8355"}]}')
  for (const [flags, sentence] of [
    [['--config', file], `telltale: ${file}: upstreams.0.url: must be an http or https URL\n`],
    [['--upstream', 'laptop'], 'telltale: --upstream must be NAME=URL, not "laptop"\n'],
    [['--upstream', 'local=http://127.0.0.1:1'], 'telltale: --upstream: name: must not be "local": that is this server itself\n'],
  ] as const) {
    const server = telltale('serve', '--port', '0', '--data', join(folder, 'data'), ...flags)
    expect(await server.ended).toBe(2)
    expect(server.output()).toBe(sentence)
  }
})
