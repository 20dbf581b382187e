import { expect, test } from 'vitest'
import { telltale } from '../support/process.ts'

test.concurrent.each([
  [['--concurrency', '0'], 2, /--concurrency must be a whole number from 1 to 64/],
  [['--isolate', 'maybe'], 2, /--isolate must be auto, user, cgroup or off/],
  [['--nonsense'], 2, /--nonsense/],
  [['--token', 'tt_secret'], 2, /--token would show the token in the process list; set TELLTALE_TOKEN or use --token-file FILE$/],
  [['--token-file', '/nowhere'], 2, /--token-file \/nowhere cannot be read: ENOENT$/],
])('wrong flags of a worker are reported in one line: %s', async (flags, code, line) => {
  const worker = telltale('worker', ...flags)
  expect(await worker.ended).toBe(code)
  expect(worker.output().trim()).toMatch(line)
  expect(worker.output().trim().split('\n')).toHaveLength(1)
})
