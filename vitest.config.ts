import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** A wait ends as soon as its condition holds, so a deadline costs nothing: these leave room for a machine ten times as slow. */
const TEST_MS = 400_000
const WAIT_MS = 60_000

/** Without isolation a worker loads our modules once, not once for each file. */
const usual = { isolate: false, testTimeout: TEST_MS, hookTimeout: TEST_MS, expect: { poll: { timeout: WAIT_MS, interval: 20 } } }

const browser = { globalSetup: 'e2e/support/one-browser.ts' }
/** Compares how soon one thing comes with how soon another does: it runs alone. */
const PACE = 'e2e/live/pace.spec.ts'

/** Models and routes are tested on both engines. */
const ON_BOTH = [
  'access',
  'db/postgres',
  'events',
  'home',
  'http',
  'hub',
  'intake',
  'leases',
  'log',
  'queues',
  'saved-views',
  'settings',
  'slice',
  'tasks',
  'workers',
].map((folder) => `test/${folder}/**/*.test.{ts,tsx}`)
/** The group commit is SQLite's; the others use no database of their own process. */
const NOT_ON_BOTH = ['log/group', 'http/palette/keys', 'http/paced-response', 'hub/meter', 'hub/troubles', 'intake/spool', 'intake/upstream/config']
  .concat(['intake/upstream/telltale', 'tasks/log/terminal', 'tasks/log/output', 'tasks/log/search', 'workers/worker-log'])
  .map((name) => `test/${name}.test.ts`)

/** Short files whose tests take long. */
const LONG = /\/(accessibility|worker)\//

/** Longer files run first, so that at the end no worker is left alone with one; until their times are known, by their size and place. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]) {
    const isShort = ({ moduleId }: TestSpecification) => Number(!LONG.test(moduleId))
    return (await super.sort(files)).sort((a, b) => isShort(a) - isShort(b))
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      { test: { ...usual, name: 'unit', include: ['test/**/*.test.{ts,tsx}'], exclude: ['test/crash/**', 'test/db/postgres/**'] } },
      { test: { ...usual, name: 'unit-pg', include: ON_BOTH, exclude: NOT_ON_BOTH, globalSetup: 'test/support/postgres-setup.ts' } },
      { test: { ...usual, name: 'crash', include: ['test/crash/**/*.test.ts'], testTimeout: 600_000 } },
      { test: { ...usual, ...browser, name: 'e2e', include: ['e2e/**/*.spec.ts'], exclude: [PACE] } },
      { test: { ...usual, ...browser, name: 'pace', include: [PACE] } },
    ],
  },
})
