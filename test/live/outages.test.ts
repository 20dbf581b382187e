import { beforeAll, describe, expect, test } from 'vitest'
import { judge, type OutagesReport, outages } from './outages.ts'

/** More with `TELLTALE_OUTAGES=5000`. */
const CONNECTIONS = Number(process.env.TELLTALE_OUTAGES ?? 100)
const RESTARTS = Math.ceil(CONNECTIONS / 50)

describe(`a reader over a line that breaks ${CONNECTIONS} times, to a server that goes down ${RESTARTS} times`, () => {
  let report: OutagesReport

  beforeAll(async () => {
    report = await outages({ connections: CONNECTIONS, restarts: RESTARTS })
  }, 600_000)

  test('receives everything that two other processes post, once and in order', () => {
    const { wrong, sent, heard, connections, refusals, resets } = report
    expect(wrong).toEqual([])
    expect([heard.length, resets]).toEqual([(sent.north ?? 0) + (sent.south ?? 0), 0])
    expect(Math.min(...Object.values(sent))).toBeGreaterThan(CONNECTIONS / 10)
    expect([connections, refusals].map((n) => n > CONNECTIONS / 10)).toEqual([true, true])
  })

  test('the control: one event less, one twice or two in the wrong order would be found', () => {
    const { heard, sent } = report
    const swapped = [...heard.slice(0, 9), heard[10], heard[9], ...heard.slice(11)] as typeof heard
    for (const faulty of [heard.slice(0, -1), heard.toSpliced(5, 1), heard.toSpliced(5, 0, ...heard.slice(5, 6)), swapped]) {
      expect(judge(faulty, sent).length).toBeGreaterThan(0)
    }
  })
})
