import { beforeAll, expect, test } from 'vitest'
import type { Entry } from './claimer.ts'
import { type FenceReport, fence, judge } from './fence.ts'

/** More of them: npm run crash. */
const CLAIMS = 120

let report: FenceReport

beforeAll(async () => {
  report = await fence(CLAIMS)
}, 600_000)

test(`${CLAIMS} claims by 8 pausing processes: no task has two valid fences, and every stale write is refused`, () => {
  expect(report.wrong).toEqual([])
  expect(report.claims).toBeGreaterThanOrEqual(CLAIMS)
  expect(report.stale).toBeGreaterThan(0)
  expect(report.pauses).toBeGreaterThan(0)
  console.log(`${report.claims} claims by 8 processes: ${report.stale} stale writes refused, one process frozen ${report.pauses} times`)
})

test('the control: a server that took one stale write would be found out', () => {
  const claims = report.history.filter(({ verb }) => verb === 'claim')
  const again = claims.find(({ fence }) => fence > 1) as Entry
  const before = claims.find(({ task, fence }) => task === again.task && fence === again.fence - 1) as Entry
  const stale = { ...before, verb: 'finish' as const, sent: again.answered + 1, answered: again.answered + 2 }
  expect(judge([...report.history, { ...stale, status: 409 }], 0)).toEqual([])
  expect(judge([...report.history, { ...stale, status: 200 }], 0).join()).toContain('was taken, though a newer fence was valid')
})

test('the control: a server that refused a live holder, or gave one fence twice, would be found out', () => {
  const [claim] = report.history.filter(({ verb }) => verb === 'claim') as [Entry]
  const beat = { ...claim, verb: 'heartbeat' as const, sent: claim.answered + 1, answered: claim.answered + 2, status: 409 }
  expect(judge([...report.history, beat], 400)).toHaveLength(1)
  expect(judge([claim, { ...claim, worker: 'another' }], 400).length).toBeGreaterThan(0)
})
