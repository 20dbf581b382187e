import type { TestApp } from '../support/app.ts'

export const LEASE_MS = 20_000

/** A worker and a task that it holds. */
export async function claimed(app: TestApp, task: object = {}) {
  const worker_id = (await app.json('/api/workers', { name: 'far', queues: ['default'] })).body.item.id as string
  await app.json('/api/tasks', { command: 'true', ...task })
  const { body } = await app.json('/api/tasks/claim', { worker_id })
  return { worker_id, id: body.item.id as string, fence: body.fence as number, holder: { worker_id, fence: body.fence as number } }
}
