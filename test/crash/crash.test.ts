import { cpSync } from 'node:fs'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CrashReport, crash, LEAST_ACKED } from './crash.ts'
import { type Findings, isSound, verify } from './verify.ts'

/** Hundreds of them: npm run crash. */
const ROUNDS = 5

let report: CrashReport

beforeAll(async () => {
  report = await crash(ROUNDS)
}, 600_000)

afterAll(() => report?.remove())

test(`${ROUNDS} rounds of kill -9 under load lose nothing, double nothing and leave no hole`, () => {
  const { lost, doubled, holes, torn, acked, rate, restartP50Ms, largestGroup } = report
  expect({ lost, doubled, holes, torn }).toEqual({ lost: [], doubled: [], holes: [], torn: [] })
  expect(acked).toBeGreaterThanOrEqual(ROUNDS * LEAST_ACKED)
  expect(largestGroup).toBeGreaterThan(1)
  console.log(`${ROUNDS} rounds of kill -9: ${acked} changes acknowledged, ${rate}/s, up to ${largestGroup} in a transaction; restart p50 ${restartP50Ms} ms`)
})

test('a request that is repeated under its key gets the first response', () => {
  expect(report.repeated).toBeGreaterThan(ROUNDS)
})

/** Faults of a weaker server. If one is not found, the test above proves nothing. */
const FAULTS: [string, keyof Findings, string][] = [
  ['a promised change that is gone', 'lost', 'DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)'],
  ['a hole in the log', 'holes', 'DELETE FROM events WHERE seq = 7'],
  [
    'a change that was made twice',
    'doubled',
    "INSERT INTO events (at, kind, subject, actor, payload) SELECT at, kind, subject, actor, payload FROM events WHERE kind = 'task.created' AND payload NOT LIKE '%\"redacted\"%' LIMIT 1",
  ],
  ['a row without its event', 'torn', "UPDATE tasks SET state = 'lost' WHERE number = (SELECT max(number) FROM tasks)"],
  ['a counter that is off', 'torn', "UPDATE counters SET value = value + 1 WHERE noun = 'tasks'"],
]

test.each(FAULTS)('the control: %s is found', (_, finding, fault) => {
  const copy = `${report.path}.copy`
  cpSync(report.path, copy)
  const file = new Database(copy)
  file.exec(`DROP TRIGGER events_go_from_the_front; ${fault}`)
  file.close()
  const findings = verify(copy, report.promises)
  expect(findings[finding].length).toBeGreaterThan(0)
  expect(isSound(findings)).toBe(false)
})
