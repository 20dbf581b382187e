import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { crash } from './crash.ts'
import { fence } from './fence.ts'
import { isSound } from './verify.ts'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '50' }, claims: { type: 'string', default: '1000' } } })

const crashed = await crash(Number(values.rounds))
crashed.remove()
const { rounds, acked, rate, repeated, largestGroup, lost, doubled, holes, torn, restartP50Ms } = crashed
console.log(`${rounds} rounds of kill -9: ${acked} changes acknowledged (${rate}/s), ${repeated} asked for again, up to ${largestGroup} in a transaction`)
console.log(`  lost ${lost.length}, doubled ${doubled.length}, holes ${holes.length}, torn ${torn.length}; restart p50 ${restartP50Ms} ms`)

const fenced = await fence(Number(values.claims))
console.log(`${fenced.claims} claims by 8 processes, one frozen ${fenced.pauses} times: ${fenced.stale} stale writes refused, ${fenced.wrong.length} wrong`)

for (const line of [...lost, ...doubled, ...holes, ...torn, ...fenced.wrong].slice(0, 50)) console.error(`  ${line}`)
// The campaigns of the tests, with many more rounds.
const REPEATED = ['test/client/restarts.test.ts', 'test/intake/upstream/telltale.test.ts', 'test/live/outages.test.ts', 'test/crash/spool.test.ts']
const { status } = spawnSync(
  'vitest',
  ['run', '--project', 'unit', '--project', 'crash', '--testTimeout', '3600000', '--hookTimeout', '3600000', ...REPEATED],
  {
    stdio: 'inherit',
    env: { ...process.env, TELLTALE_RESTARTS: '20', TELLTALE_OUTAGES: '2000', TELLTALE_SPOOLS: '12' },
  },
)

process.exitCode = isSound(crashed) && fenced.wrong.length === 0 && fenced.stale > 0 && status === 0 ? 0 : 1
