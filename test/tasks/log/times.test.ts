import { expect, test } from 'vitest'
import type { Stream } from '../../../src/db/index.ts'
import { AttemptLog } from '../../../src/tasks/log/attempt-log.ts'
import { readLines } from '../../../src/tasks/log/lines.ts'
import { output } from '../../../src/tasks/log/output.ts'
import { linesFrom } from '../../../src/tasks/log/search.ts'
import { claimed } from '../../leases/claimed.ts'
import { testApp } from '../../support/app.ts'
import { temporaryFolder } from '../../support/server.ts'

test('each line has the time at which its first byte arrived, which is still known after a restart', async () => {
  const folder = temporaryFolder()
  const log = new AttemptLog(folder)
  const print = (text: string, now: number, stream: Stream = 'stdout') => log.append({ offset: log.size, stream, bytes: Buffer.from(text) }, now)
  print('one\ntwo', 1_000)
  print(' ends\nthree\n', 5_000, 'stderr')
  print('four\n', 5_050)
  print('five\n', 60_000)
  const expected = [1_000, 1_000, 5_000, 5_000, 60_000]
  for (const each of [log, new AttemptLog(folder)]) {
    expect((await readLines(each, 0, 1)).lines.map(({ at }) => at)).toEqual(expected)
    for (let from = 1; from <= 5; from++) expect((await linesFrom(each, from, 1)).lines[0]?.at).toBe(expected[from - 1])
  }
})

test('a page says when a line came, since the attempt began and by the clock', async () => {
  const app = await testApp()
  const { id } = await claimed(app)
  const before = Date.now()
  await output(app).append(id, 1, { offset: 0, stream: 'stdout', bytes: Buffer.from('hello\n') })
  const after = Date.now()
  const log = await output(app).log(id, 1)
  const { at } = (await readLines(log, 0, 1)).lines[0] ?? {}
  expect(at).toBeGreaterThanOrEqual(before)
  expect(at).toBeLessThanOrEqual(after)
  const html = await (await app.ask(`/ui/tasks/${id}/log?attempt=1`)).text()
  expect(html).toMatch(/<i class="log-at" aria-hidden="true" data-took="[\d:]+" data-at="\d\d:\d\d:\d\d"><\/i><span class="log-text">hello/)
})
