import { expect, test } from 'vitest'
import { choicesFor } from '../../views/workers/actions.tsx'
import { worker } from './samples.ts'

const held = [{ id: 't_9', title: 'held', started_at: null }]

test.each([
  ['is idle', worker(), ['Drain', 'Stop', 'Restart', 'Force stop']],
  ['drains', worker({ state: 'draining' }), ['Stop', 'Restart', 'Force stop']],
  ['has stopped', worker({ state: 'stopped', pid: null }), ['Restart', 'Delete']],
  ['was asked to stop, and its process goes on', worker({ state: 'stopped' }), ['Restart', 'Force stop', 'Delete']],
  ['was stopped elsewhere, and holds a task', worker({ state: 'stopped', kind: 'remote', holds: held }), ['Force stop', 'Delete']],
  ['was lost elsewhere', worker({ state: 'lost', kind: 'remote' }), ['Delete']],
])('a worker that %s has the actions that fit', (_, it, labels) => {
  expect(choicesFor(it).map(({ label }) => label)).toEqual(labels)
})
