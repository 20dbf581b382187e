import { execFileSync } from 'node:child_process'
import { linkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { configFrom } from '../../src/config/config.ts'
import { upstreamsFrom } from '../../src/config/upstreams.ts'
import { readOwnFile } from '../../src/input/own-file.ts'
import { temporaryFolder } from '../support/server.ts'

test('a file with a second name is refused on request, and an unchanged one is not read again', async () => {
  const folder = temporaryFolder()
  const path = join(folder, 'one')
  writeFileSync(path, 'text')
  linkSync(path, join(folder, 'other'))
  await expect(readOwnFile(path, { mostBytes: 10, oneName: true })).rejects.toThrow('it has another name elsewhere')
  const read = await readOwnFile(path, { mostBytes: 10 })
  expect(read?.text).toBe('text')
  expect(await readOwnFile(path, { mostBytes: 10, known: read?.version })).toBeUndefined()
})

test('a configuration file that is a device, a pipe or a giant is refused before anything starts', () => {
  const folder = temporaryFolder()
  const [pipe, giant] = [join(folder, 'pipe'), join(folder, 'giant')]
  execFileSync('mkfifo', [pipe])
  writeFileSync(giant, ' '.repeat(1_048_577))
  const read = (file: string) => upstreamsFrom(configFrom(['--config', file], {}))
  for (const file of ['/dev/zero', pipe]) expect(() => read(file)).toThrow(`${file} cannot be read: it is not a regular file`)
  expect(() => read(giant)).toThrow('it is larger than 1024 KiB')
})
