import { randomUUID } from 'node:crypto'
import { isPassing, type Wire } from '../../src/client/wire.js'

/** A requested change with its own key. */
export interface Asked {
  key: string
  path: string
  body: Record<string, unknown>
  /** The kind of the one event that it writes. */
  kind: string
}

/** An acknowledged change: the server answered 2xx with this seq. */
export interface Acked extends Asked {
  task: string
  seq: number
}

interface Answer {
  seq: number
  item: { id: string; version: number }
}

interface Change {
  asked: Asked
  /** Records the task's new state after the response. */
  apply(answer: Answer): void
}

interface Known {
  id: string
  version: number
  waits: boolean
}

/** A client that changes its own tasks, one request after another, through any number of crashes. */
export class Loader {
  readonly acked: Acked[] = []
  readonly #tasks: Known[] = []
  /** Requests in flight when the server died, with unknown outcome. */
  #open: Change | undefined

  /** Makes changes until the server is gone. Throws if it refuses one, as each is valid when it is sent. */
  async run(client: Wire, signal: AbortSignal) {
    while (!signal.aborted) {
      try {
        await this.#make(client, this.#choose())
      } catch (error) {
        if (isPassing(error)) return
        throw error
      }
    }
  }

  /** Repeats the requests in flight under their keys, so that each is applied once. */
  async settle(client: Wire) {
    if (this.#open) await this.#make(client, this.#open)
  }

  async #make(client: Wire, change: Change) {
    this.#open = change
    const answer = await send(client, change.asked)
    this.acked.push({ ...change.asked, task: answer.item.id, seq: answer.seq })
    change.apply(answer)
    this.#open = undefined
  }

  #choose(): Change {
    const at = Math.floor(Math.random() * this.#tasks.length)
    const task = this.#tasks[at]
    const dice = Math.random()
    if (!task || dice < 0.4) {
      const body = { title: randomUUID(), argv: ['true'] }
      return change('/api/tasks', 'task.created', body, ({ item: { id, version } }) => this.#tasks.push({ id, version, waits: true }))
    }
    const path = `/api/tasks/${task.id}`
    if (dice < 0.7) {
      const body = { description: randomUUID(), version: task.version }
      return change(`${path}/description`, 'task.description_changed', body, ({ item }) => Object.assign(task, { version: item.version }))
    }
    if (dice < 0.9 && task.waits) return change(`${path}/cancel`, 'task.state_changed', {}, () => Object.assign(task, { waits: false }))
    return change(`${path}/delete`, 'task.deleted', {}, () => this.#tasks.splice(at, 1))
  }
}

/** Sends the change under its key. */
export async function send(client: Wire, { key, path, body }: Asked): Promise<Answer> {
  const answer = await client.call<Answer>('POST', path, body, { headers: { 'idempotency-key': key } })
  return answer.body
}

function change(path: string, kind: string, body: Record<string, unknown>, apply: (answer: Answer) => void): Change {
  return { asked: { key: randomUUID(), path, kind, body }, apply }
}
