import { expect, onTestFinished, test } from 'vitest'
import { AttemptLog } from '../../../src/tasks/log/attempt-log.ts'
import { LogSearches } from '../../../src/tasks/log/searches.ts'
import { claimed } from '../../leases/claimed.ts'
import { testApp } from '../../support/app.ts'
import { temporaryFolder } from '../../support/server.ts'

const LONG_MS = 60_000
const MEBIBYTE = 1_048_576

function logOf(text: string): AttemptLog {
  const log = new AttemptLog(temporaryFolder())
  log.append({ offset: 0, stream: 'stdout', bytes: Buffer.from(text) })
  return log
}

function searches(budgetMs?: number): LogSearches {
  const made = new LogSearches(budgetMs)
  onTestFinished(() => made.stop())
  return made
}

test('searches run in a thread, one at a time, and are aborted if they take too long', async () => {
  const large = logOf('\n'.repeat(10 * MEBIBYTE))
  const small = logOf('one needle\n')
  const patient = searches(LONG_MS)
  const before = process.threadCpuUsage()
  const [first, second] = await Promise.all([patient.find(large.folder, { level: 'error' }), patient.find(small.folder, { find: 'needle' })])
  const { user, system } = process.threadCpuUsage(before)
  expect([first?.total, second?.total]).toEqual([0, 1])
  expect((user + system) / 1000).toBeLessThan(500)
  const hasty = searches(1)
  expect(await hasty.find(large.folder, { level: 'error' })).toBeUndefined()
})

test('a search that nobody waits for is skipped, and only a few may wait', async () => {
  const log = logOf('a needle\n')
  const many = searches(LONG_MS)
  const gone = new AbortController()
  gone.abort()
  const answers = Array.from({ length: 10 }, (_, i) => many.find(log.folder, { find: 'needle' }, i === 1 ? gone.signal : undefined))
  expect((await Promise.all(answers)).map((found) => found?.total)).toEqual([1, undefined, 1, 1, 1, 1, 1, 1, undefined, undefined])
  expect((await many.find(log.folder, { find: 'needle' }))?.total).toBe(1)
})

test('a page shows the matches, or that the search took too long', async () => {
  const app = await testApp()
  const { id, holder } = await claimed(app)
  await app.json(`/api/tasks/${id}/log`, { ...holder, offset: 0, data: Buffer.from('a needle\nno\n').toString('base64') })
  const note = async () => decodeURIComponent((await app.ask(`/ui/tasks/${id}/log?find=needle`)).headers.get('x-log-note') ?? '')
  expect(await note()).toMatch(/^1 line with “needle”/)
  expect(await (await app.ask(`/tasks/${id}?find=needle`)).text()).toContain('a needle')
})
