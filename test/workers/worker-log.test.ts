import { closeSync, mkdirSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { configFrom } from '../../src/config/config.ts'
import { logOf, logSize, openLog, rotate } from '../../src/workers/worker-log.ts'
import { temporaryFolder } from '../support/server.ts'

const MEBIBYTE = 1_048_576

function folder() {
  const config = { ...configFrom([], {}), data: temporaryFolder() }
  const logs = join(config.data, 'logs', 'workers')
  mkdirSync(logs, { recursive: true })
  return { config, path: join(logs, 'w_1.log') }
}

test('only the end of a log is read, in whole lines', () => {
  const { config, path } = folder()
  writeFileSync(path, '')
  truncateSync(path, 700 * MEBIBYTE)
  writeFileSync(path, `${'é'.repeat(40_000)}\nlast words\n`, { flag: 'a' })
  const before = process.memoryUsage().arrayBuffers
  expect(logOf(config, 'w_1')).toBe('last words\n')
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10 * MEBIBYTE)
  expect(logSize(config, 'w_1')).toBeGreaterThan(700 * MEBIBYTE)
})

test('a large log is rotated while the process writes to it, and read across both files', async () => {
  const { config, path } = folder()
  const log = openLog(config, 'w_1')
  for (let i = 0; i < 11; i++) writeSync(log, `${String(i).padEnd(MEBIBYTE - 1)}\n`)
  writeSync(log, 'before\n')
  await rotate(config)
  writeSync(log, 'after\n')
  closeSync(log)
  expect(statSync(path).size).toBe(6)
  expect(statSync(`${path}.1`).size).toBe(10 * MEBIBYTE)
  expect(logOf(config, 'w_1')).toMatch(/before\nafter\n$/)
  await rotate(config)
  expect(statSync(path).size).toBe(6)
})

test('a worker that never printed has an empty log, and an invalid id has none', () => {
  const { config } = folder()
  expect([logOf(config, 'w_2'), logSize(config, 'w_2')]).toEqual(['', 0])
  expect(() => logOf(config, '../../x')).toThrow('nothing with this id')
})
