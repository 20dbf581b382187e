import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { type TestApp, testApp } from '../../support/app.ts'
import { until } from '../../support/process.ts'
import { TYPESCRIPT } from '../../support/typescript.ts'

const PROCESSES = 4
const TASKS = 120
const CLAIMER = fileURLToPath(new URL('claimer.ts', import.meta.url))

/** What each of the processes took of the tasks that wait, all at once. */
async function claimBy(app: TestApp, mode: 'locked' | 'unlocked') {
  for (let i = 0; i < TASKS; i++) await app.json('/api/tasks', { command: 'true' })
  const workers: { child: ChildProcess; output(): string; ended: Promise<unknown> }[] = []
  for (let i = 0; i < PROCESSES; i++) {
    const { body } = await app.json('/api/workers', { name: `w${i}`, concurrency: 64 })
    const id = body.item.id as string
    const child = spawn(process.execPath, [...TYPESCRIPT, CLAIMER, app.config['database-url'] as string, app.config.data, id, mode])
    let output = ''
    for (const pipe of [child.stdout, child.stderr]) pipe.on('data', (chunk) => (output += chunk))
    workers.push({ child, output: () => output, ended: new Promise((resolve) => child.once('close', resolve)) })
  }
  await Promise.all(workers.map(({ output }) => until(() => output().includes('ready'), output)))
  for (const { child } of workers) child.stdin?.write('go\n')
  await Promise.all(workers.map(({ ended }) => ended))
  const lines = (pattern: RegExp) => workers.flatMap(({ output }) => output().match(pattern) ?? [])
  return { taken: lines(/^took \S+/gm), collisions: lines(/^error 23505$/gm).length }
}

test('no task is claimed twice by four processes, none is left, and no claim collides with another', async () => {
  const app = await testApp()
  const { taken, collisions } = await claimBy(app, 'locked')
  expect([taken.length, new Set(taken).size, collisions]).toEqual([TASKS, TASKS, 0])
  expect((await app.json('/api/tasks?state=queued')).body.items).toEqual([])
})

test('the control: without row locks, processes take the same task, and only the unique key of its attempts stops them', async () => {
  const app = await testApp()
  let rounds = 0
  while ((await claimBy(app, 'unlocked')).collisions === 0) expect(++rounds).toBeLessThan(5)
})
