import { expect, test } from 'vitest'
import { reap } from '../../src/leases/leases.ts'
import { takeEffect } from '../../src/tasks/grace.ts'
import { type TestApp, testApp } from '../support/app.ts'
import { LEASE_MS } from './claimed.ts'

type Act = (app: TestApp) => Promise<unknown>

const post =
  (verb: string, body: object = {}): Act =>
  (app) =>
    app.json(`/api/tasks/t_1/${verb}`, body)
const finish = (body: object) => post('finish', { worker_id: 'w_1', fence: 1, ...body })
const claim: Act = (app) => app.json('/api/tasks/claim', { worker_id: 'w_1' })
const due: Act = async (app) => {
  app.time.pass(5_000)
  await takeEffect(app)
}
const lapse: Act = async (app) => {
  app.time.pass(LEASE_MS * 2)
  await reap(app)
}
const [softCancel, softDelete] = [post('cancel', { grace: 1 }), post('delete', { grace: 1 })]
const killed = finish({ exit_code: null, cancelled: true })

const cases: [string, Act[], string[]][] = [
  ['a cancel of a running task', [claim, post('cancel'), killed], ['stopping', 'ok']],
  ['a cancel with a grace of a running task', [claim, softCancel, due, killed], ['stopping', 'ok']],
  ['a cancel with a grace, then one without', [claim, softCancel, post('cancel'), killed, due], ['stopping', 'ok']],
  ['a cancel with a grace that is undone', [claim, softCancel, post('undo'), finish({ exit_code: 0 })], ['stopping', 'not ok']],
  ['a cancel that comes too late', [claim, softCancel, finish({ exit_code: 0 }), due], ['stopping', 'not ok']],
  ['a cancel whose worker is lost', [claim, softCancel, due, lapse], ['stopping', 'ok']],
  ['a cancel of a waiting task', [softCancel, due], ['stopping', 'ok']],
  ['a deletion', [softDelete, due], ['destroying', 'ok']],
  ['a deletion at once of what is about to be cancelled', [softCancel, post('delete'), due], ['stopping', 'not ok']],
  ['a deletion asked for after a cancel', [softCancel, softDelete, due], ['stopping', 'not ok', 'destroying', 'ok']],
  ['a retry of what is about to be deleted', [post('cancel'), softDelete, post('retry'), due], ['destroying', 'not ok']],
]

test.each(cases)('%s is set once and cleared once', async (_, acts, expected) => {
  const app = await testApp()
  await app.json('/api/workers', { name: 'far', queues: ['default'] })
  await app.json('/api/tasks', { title: 'build', command: 'true' })
  for (const act of acts) await act(app)
  const rows = await app.db.selectFrom('events').select('payload').where('kind', 'like', 'transient.%').orderBy('seq').execute()
  const told = rows.map(({ payload }) => JSON.parse(payload))
  expect(told.map(({ transient_kind, ok }) => transient_kind ?? (ok ? 'ok' : 'not ok'))).toEqual(expected)
  for (const { name, title } of told) expect([name, title]).toEqual(['t_1', 'build'])
})
