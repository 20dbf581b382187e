import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { serve, telltale } from '../support/process.ts'
import { temporaryFolder } from '../support/server.ts'

test('doctor prints what works here, and the database, the slowest statements and the problems of a running server', async () => {
  const data = temporaryFolder()
  const server = await serve(data)
  onTestFinished(() => server.end('SIGTERM'))
  const well = telltale('doctor', '--data', data)
  expect([await well.ended, well.output().split('\n')]).toEqual([
    0,
    [
      expect.stringMatching(/^node {8}\d+\.\d+\.\d+ for \w+ on \w+$/),
      expect.stringMatching(/^data {8}\/.*, \d+\.\d GiB free$/),
      expect.stringMatching(/^kills {7}by \w/),
      'terminal    works, for commands that ask',
      'shell       /bin/sh',
      expect.stringMatching(/^time zone {3}\w/),
      expect.stringMatching(/^server {6}up since .*, at event \d+ of epoch \w+$/),
      expect.stringMatching(/^database {4}SQLite 3\.\d+\.\d+, \d+\.\d MiB, /),
      expect.stringMatching(/^writes {6}\d+ changes in \d+ commits/),
      expect.stringMatching(/^slowest {5}\d+\.\d ms {2}\w/),
      expect.stringMatching(/^slowest {5}\d+\.\d ms {2}\w/),
      expect.stringMatching(/^slowest {5}\d+\.\d ms {2}\w/),
      'problems    none',
      '',
    ],
  ])
})

test('doctor tells what works where no server runs, and where nothing was started yet', async () => {
  const nobody = telltale('doctor', '--data', join(temporaryFolder(), 'new'))
  expect([await nobody.ended, nobody.output()]).toEqual([69, expect.stringContaining('no server responds')])
  expect(nobody.output()).toMatch(/^node .*\ndata .* does not exist; the first start creates it\nkills /)
})
