import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type TestApp, testApp } from '../../support/app.ts'

/** A diamond: build, then lint and test, then pack, then ship. */
export const RELEASE = `title: Release
params: { tag: { required: true } }
queue: ci
steps:
  - { name: ship, argv: [ship, '{tag}'], needs: [pack], queue: ops, timeout_s: 60 }
  - { name: build, argv: [make, '{tag}'], retries: 2 }
  - { name: lint, argv: [lint], needs: [build] }
  - { name: test, argv: [test], needs: [build] }
  - { name: pack, argv: [pack], needs: [lint, test] }
`

export const folderOf = (app: TestApp) => join(app.config.data, 'task-types')

export async function withRelease(text = RELEASE) {
  const app = await testApp()
  mkdirSync(folderOf(app), { recursive: true })
  writeFileSync(join(folderOf(app), 'release.yaml'), text)
  await app.json('/api/workers', { name: 'far', queues: ['*'], concurrency: 64 })
  return app
}

export const start = (app: TestApp, some: object = {}) => app.json('/api/tasks', { type: 'release', params: { tag: 'v1' }, ...some })
export const task = async (app: TestApp, id: string) => (await app.json(`/api/tasks/${id}`)).body.item
export const states = async (app: TestApp, id = 't_1') =>
  Object.fromEntries((await task(app, id)).steps.map(({ name, state }: Record<string, string>) => [name, state]))
export const claim = async (app: TestApp) => (await app.json('/api/tasks/claim', { worker_id: 'w_1' })).body
export const ids = async (app: TestApp, search: string) => (await app.json(`/api/tasks?${search}`)).body.items.map(({ id }: { id: string }) => id)

export async function finish(app: TestApp, id: string, exit_code = 0, more: object = {}) {
  const { fence } = await app.db.selectFrom('tasks').select('fence').where('id', '=', id).executeTakeFirstOrThrow()
  await app.json(`/api/tasks/${id}/finish`, { worker_id: 'w_1', fence, exit_code, ...more })
}

/** Claims exactly these, by step. */
export async function take(app: TestApp, ...steps: string[]) {
  for (const step of steps) expect((await claim(app)).item.step).toBe(step)
  expect(await claim(app)).toBeUndefined()
}

/** What happened to tasks, or to one. */
export async function moves(app: TestApp, id?: string) {
  const rows = await app.db.selectFrom('events').select(['kind', 'subject', 'payload']).where('kind', 'like', 'task.%').orderBy('seq').execute()
  const all = rows
    .filter(({ kind }) => kind !== 'task.status')
    .map(({ kind, subject, payload }) => {
      const state = kind === 'task.state_changed' ? JSON.parse(payload).state : kind.slice('task.'.length)
      return `${subject.slice('task:'.length)} ${state}`
    })
  return id ? all.filter((line) => line.startsWith(`${id} `)) : all
}

export const counted = async (app: TestApp) => {
  const rows = await app.db.selectFrom('counters').selectAll().where('value', '>', 0).orderBy('noun').orderBy('state').orderBy('queue').execute()
  return rows.filter(({ noun }) => noun !== 'workers').map(({ noun, state, queue, value }) => `${noun} ${state} ${queue} ${value}`)
}
