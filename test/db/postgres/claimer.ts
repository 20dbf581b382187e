// Claims for one worker until nothing is left, and prints each claim: `claimer.ts URL DATA WORKER locked|unlocked`.
import { configFrom } from '../../../src/config/config.ts'
import { ForUpdate } from '../../../src/db/postgres/for-update.ts'
import { claim } from '../../../src/leases/claim.ts'
import { OWNER } from '../../../src/log/actor.ts'
import { createSite } from '../../../src/site.ts'
import { slices } from '../../../src/slices.ts'

const [url, data = '', worker_id = '', mode] = process.argv.slice(2)
// The control: the same program without its row locks.
if (mode === 'unlocked') ForUpdate.prototype.transformQuery = ({ node }) => (node.kind === 'SelectQueryNode' ? { ...node, endModifiers: [] } : node)

const app = await createSite({ config: { ...configFrom([], {}), data, workers: 0, 'database-url': url }, file: '', slices })
process.stdout.write('ready\n')
await new Promise((resolve) => process.stdin.once('data', resolve))
for (let misses = 0; misses < 3; ) {
  const taken = await claim(app, { actor: OWNER }, { worker_id, wait_s: 0 }).catch((error) => void process.stdout.write(`error ${error.code ?? error}\n`))
  if (taken) process.stdout.write(`took ${taken.value.item.id} ${taken.value.fence}\n`)
  misses = taken ? 0 : misses + 1
}
await app.close()
process.exit()
