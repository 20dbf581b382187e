// One command checks everything, by named steps, the same here and in CI. Plain JavaScript: it starts before any tool.
import { execFile, spawnSync } from 'node:child_process'
import { networkInterfaces } from 'node:os'
import { ownCgroup } from './support/machine/cgroup.js'
import { ensureChromium } from './support/machine/chromium.js'
import { nginxPath } from './support/machine/nginx.js'
import { hasScript } from './support/machine/terminal.js'

const STEPS = [
  ['types', 'tsc', ['--noEmit']],
  ['lint and format', 'biome', ['ci', '--error-on-warnings', '.']],
  ['escaping of every text', 'xss-scan', []],
  // Most of them wait for processes and sockets: three files at a time, on two cores as well.
  ['unit and architecture', 'vitest', ['run', '--project', 'unit', '--maxWorkers', '3']],
  ['models and routes on PostgreSQL', 'vitest', ['run', '--project', 'unit-pg', '--maxWorkers', '3']],
  ['crash and fence', 'vitest', ['run', '--project', 'crash', '--maxWorkers', '3']],
  ['end to end in a browser', 'vitest', ['run', '--project', 'e2e', '--maxWorkers', '3']],
  // Compares times, so nothing runs beside it.
  ['pace of live updates in a browser', 'vitest', ['run', '--project', 'pace']],
]

const MEBIBYTE = 1024 * 1024

const wanted = process.argv.slice(2)
const chosen = STEPS.filter(([name]) => wanted.length === 0 || wanted.some((word) => name.includes(word)))
const started = performance.now()
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`
const times = []

const isTest = ([, command]) => command === 'vitest'
// Each of the checks keeps one core busy: together they take as long as the longest.
await Promise.all(chosen.filter((step) => !isTest(step)).map(check))
for (const [name, command, args] of chosen.filter(isTest)) {
  console.log(`\n=== ${name}`)
  if (name.endsWith('in a browser')) ensureChromium()
  const since = performance.now()
  const { status } = spawnSync(command, args, { stdio: 'inherit' })
  ended(name, since, status)
}

/** Runs a step beside others, and prints its output when it has ended. */
function check([name, command, args]) {
  const since = performance.now()
  return new Promise((resolve) => {
    execFile(command, args, { maxBuffer: MEBIBYTE }, (error, stdout, stderr) => {
      console.log(`\n=== ${name}\n${stdout}${stderr}`)
      resolve(ended(name, since, error ? 1 : 0))
    })
  })
}

function ended(name, since, status) {
  times.push(`${name} ${seconds(since)}`)
  if (status === 0) return
  console.error(`\n=== ${name}: failed after ${seconds(since)}`)
  process.exit(1)
}

const namespaces = process.getuid?.() === 0 && spawnSync('unshare', ['--pid', '--fork', '--kill-child=SIGKILL', 'true']).status === 0
const isThere = (command) => spawnSync(command, ['--version']).error === undefined
const hasIPv6 = Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === '::1'))
const missing = [
  ...STEPS.filter((step) => !chosen.includes(step)).map(([name]) => `${name}: it was not asked for`),
  ...(namespaces ? [] : ['kills in a PID namespace, and of what another account runs: only root can try them']),
  ...(isThere('setpriv') ? [] : ['tasks of an ordinary account: there is no setpriv of util-linux']),
  ...(ownCgroup() ? [] : ['kills in a cgroup: this process may make none']),
  ...(nginxPath() ? [] : ['streams and sign-in behind nginx: it is not installed']),
  ...(isThere('openssl') ? [] : ['sign-in behind a proxy that ends TLS: openssl is not installed']),
  ...(hasIPv6 ? [] : ['both loopback addresses: this machine has no ::1']),
  ...(namespaces || isThere('prlimit') ? [] : ['a full disk: this machine allows no mount and has no prlimit']),
  ...(hasScript() ? [] : ['the sign-in link on a terminal: there is no script of util-linux']),
  ...['bun', 'deno'].filter((name) => spawnSync(name, ['--version']).status !== 0).map((name) => `the client library in ${name}: it is not installed`),
  'the long campaigns of crashes and restarts: npm run crash',
]
console.log(`\n=== all steps passed in ${seconds(started)}`)
for (const line of times) console.log(`===   ${line}`)
for (const line of missing) console.log(`=== not run: ${line}`)
