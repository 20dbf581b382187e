import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { inherited } from '../../src/config/config.ts'
import { commandLine, removeFolder, temporaryFolder } from '../crash/server.ts'
import { ownCgroup } from '../support/machine/cgroup.js'
import { alive, token, until } from '../support/processes.ts'
import { Site } from '../worker/site.ts'

const PATIENCE_MS = 60_000
/** As whom the worker runs; it can only be tried where root runs the tests, from a folder that this account can read. */
const NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
const canTry = process.getuid?.() === 0 && spawnSync(NOBODY[0] as string, [...NOBODY.slice(1), ...commandLine('--version')]).status === 0

let site: Site
/** For the account: a folder with the token in it, and with a program that runs others as root, like sudo. */
let folder: string
let sudo: string

beforeEach(async () => {
  if (!canTry) return
  site = await Site.start('--lease-ms', '60000')
  folder = temporaryFolder()
  onTestFinished(() => removeFolder(folder))
  chmodSync(folder, 0o755)
  sudo = join(folder, 'sudo')
  copyFileSync(execFileSync('which', ['setpriv'], { encoding: 'utf8' }).trim(), sudo)
  chmodSync(sudo, 0o4755)
})

/** A worker of an ordinary account, in its own folder; `before` runs in its process first. */
async function worker(isolate: string, before = 'true') {
  const secret = join(folder, 'token')
  writeFileSync(secret, await site.token())
  execFileSync('chown', ['65534', secret])
  const line = commandLine('worker', '--url', site.server.url, '--token-file', secret, '--isolate', isolate)
  const process = spawn('sh', ['-c', `${before}; cd "$1"; shift; exec "$@"`, 'sh', folder, ...NOBODY, ...line], { stdio: 'pipe', env: inherited })
  const it = site.minds(process)
  await until('it is there', () => it.said().includes('worker w_1'), PATIENCE_MS)
  return it
}

const asRoot = (word: string) => `echo go; ${sudo} --ruid=0 --rgid=0 --clear-groups sh -c 'while :; do sleep 1; done' ${word}; exit 1`

test.skipIf(!canTry)('a set-user-ID program works in a task of an ordinary account', async () => {
  const it = await worker('auto')
  expect(it.said()).not.toContain('namespace')
  const id = await site.create(`${sudo} --ruid=0 --clear-groups id -ru`)
  await site.become(id, 'succeeded', PATIENCE_MS)
  expect(await site.log(id)).toBe('0\n')
})

test.skipIf(!canTry)('what another account runs for a task cannot be killed by descent, and the output says what is left', async () => {
  const it = await worker('off')
  expect(it.said()).toContain('; kills by descent')
  const word = token()
  const id = await site.create(asRoot(word))
  await until('it runs', () => alive(word).filter((pid) => accountOf(pid) === 0).length === 1, PATIENCE_MS)
  const [pid] = alive(word).filter((each) => accountOf(each) === 0) as [number]
  onTestFinished(() => void process.kill(pid, 'SIGKILL'))
  await site.server.client.call('POST', `/api/tasks/${id}/cancel`, {})
  await site.become(id, 'cancelled', PATIENCE_MS)
  expect(await site.log(id)).toContain(`telltale: sh (${pid})`)
  expect(await site.log(id)).toContain(`To kill: sudo kill -9 ${pid}`)
})

test.skipIf(!canTry || !ownCgroup())('in a cgroup of its own an ordinary account kills what another one runs for a task', async () => {
  const cgroup = join(ownCgroup() as string, `telltale-test-${process.pid}`)
  mkdirSync(cgroup)
  onTestFinished(() => until('it is empty', () => remove(cgroup)).then(() => {}))
  execFileSync('chown', ['-R', '65534', cgroup])
  const it = await worker('auto', `echo 0 > ${cgroup}/cgroup.procs`)
  expect(it.said()).toContain('; kills by cgroup')
  const word = token()
  const id = await site.create(asRoot(word))
  await until('it runs', () => alive(word).some((pid) => accountOf(pid) === 0), PATIENCE_MS)
  await site.server.client.call('POST', `/api/tasks/${id}/cancel`, {})
  await site.become(id, 'cancelled', PATIENCE_MS)
  expect(alive(word)).toEqual([])
  it.process.kill('SIGKILL')
})

function accountOf(pid: number): number | undefined {
  try {
    return Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
  } catch {
    return undefined
  }
}

function remove(cgroup: string): boolean {
  try {
    rmdirSync(cgroup)
    return true
  } catch {
    return false
  }
}
