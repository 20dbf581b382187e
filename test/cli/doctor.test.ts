import { expect, onTestFinished, test } from 'vitest'
import { serve, telltale } from '../support/process.ts'
import { temporaryFolder } from '../support/server.ts'

test('doctor prints the problems, the database and the slowest statements of a running server, and says when there is none', async () => {
  const data = temporaryFolder()
  const server = await serve(data)
  onTestFinished(() => server.end('SIGTERM'))
  const well = telltale('doctor', '--data', data)
  expect([await well.ended, well.output()]).toEqual([
    0,
    expect.stringMatching(/^problems {4}none\nserver .*\ndatabase {4}SQLite 3\.\d+\.\d+, \d+\.\d MiB, .*\nwrites .* commits/),
  ])
  expect(well.output()).toMatch(/\nslowest {5}\d+\.\d ms {2}\w+ /)
  const nobody = telltale('doctor', '--data', temporaryFolder())
  expect([await nobody.ended, nobody.output()]).toEqual([69, expect.stringContaining('no server responds')])
})
