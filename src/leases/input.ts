import { randomUUID } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { z } from 'zod'
import { conflict, invalid, tooMany } from '../input/problem.ts'
import { type App, perApp } from '../live/app.ts'
import type { Caller, Mutation } from '../log/mutate.ts'
import { events } from '../tasks/events.ts'
import { row, type Task, type TaskRow, toTask } from '../tasks/tasks.ts'
import { heldBy, setStatus } from '../tasks/transition.ts'
import { Holder } from './ending.ts'

/** The bytes that a terminal sends for a key. */
const KEYS = {
  enter: '\r',
  tab: '\t',
  escape: '\x1b',
  backspace: '\x7f',
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  'ctrl-c': '\x03',
  'ctrl-d': '\x04',
} as const
type Key = keyof typeof KEYS

const TEXT_LENGTH = 16_384
const MOST_WAITING = 100
const TAKEN_WITHIN_MS = 10_000
const LONGEST_WAIT_S = 60

const flag = z.preprocess((value) => value === true || value === 'on' || value === 'true', z.boolean())
const side = z.coerce.number().int().min(1).max(1000)
const Size = z.strictObject({ cols: side, rows: side })

export const Input = z.strictObject({
  text: z.string().max(TEXT_LENGTH).optional(),
  key: z.enum(Object.keys(KEYS) as [Key, ...Key[]]).optional(),
  resize: Size.optional(),
  /** What it says is in no event and no log: a program may print it, and then it is masked. */
  secret: flag,
  /** Refused if another attempt runs by now. */
  attempt: z.coerce.number().int().min(1).optional(),
})

const ids = z.array(z.uuid()).max(MOST_WAITING).default([])

export const Feed = Holder.extend({ taken: ids, closed: ids, size: Size.optional(), wait_s: z.number().min(0).max(LONGEST_WAIT_S).default(0) }).strict()

interface Waiting {
  id: string
  bytes: Buffer
  caller: Caller
  attempt: number
  key: Key | null
  secret: boolean
  isSent: boolean
  settle: PromiseWithResolvers<Mutation<Task>>
}

/** What waits for the worker of one task. It is in memory alone, so that nothing that was typed is stored. */
class Inlet extends EventEmitter<{ changed: [] }> {
  readonly waiting = new Map<string, Waiting>()
  size: z.infer<typeof Size> | undefined
  readers = 0

  get isIdle(): boolean {
    return this.waiting.size === 0 && this.readers === 0
  }
}

const inlets = perApp(() => new Map<string, Inlet>())

function inletOf(app: App, id: string): Inlet {
  const known = inlets(app).get(id) ?? new Inlet().setMaxListeners(0)
  inlets(app).set(id, known)
  return known
}

const forget = (app: App, id: string) => inlets(app).get(id)?.isIdle && inlets(app).delete(id)

/**
 * Passes input to a running task. Resolves once its worker has passed it on and its event is stored. Throws invalid, or
 * conflict for a task without an input, of another attempt, or whose worker does not take it within 10 s.
 */
export async function send(app: App, caller: Caller, id: string, input: z.infer<typeof Input>): Promise<Mutation<Task>> {
  const task = await row(app.db, id)
  mustListen(task, input)
  const inlet = inletOf(app, id)
  if (input.resize) {
    inlet.size = input.resize
    inlet.emit('changed')
    return { value: toTask(task), seq: app.hub.head }
  }
  if (inlet.waiting.size >= MOST_WAITING) throw tooMany(`${MOST_WAITING} inputs of ${id} wait for its worker already.`, 1)
  const bytes = bytesOf(task, input)
  const waiting = { id: randomUUID(), bytes, caller, attempt: task.attempt, key: input.key ?? null, secret: input.secret, isSent: false }
  const settle = Promise.withResolvers<Mutation<Task>>()
  inlet.waiting.set(waiting.id, { ...waiting, settle })
  inlet.emit('changed')
  const late = setTimeout(() => settle.reject(notTaken(task, inlet.waiting.get(waiting.id))), TAKEN_WITHIN_MS)
  try {
    return await settle.promise
  } finally {
    clearTimeout(late)
    inlet.waiting.delete(waiting.id)
    forget(app, id)
  }
}

function mustListen({ id, state, stdin, attempt }: TaskRow, input: z.infer<typeof Input>) {
  const given = [input.text, input.key, input.resize].filter((way) => way !== undefined).length
  if (given !== 1) throw invalid('Give exactly one of: text, key, resize.', { text: given === 0 ? 'Enter a text.' : 'Give only one of: text, key, resize.' })
  if (stdin === 'none') throw conflict(`${id} has no input. Only a task with a terminal (pty) or stdin: open has one.`)
  if (state !== 'running') throw conflict(`${id} is ${state}. Only a running task takes input.`, { state })
  if (input.attempt !== undefined && input.attempt !== attempt)
    throw conflict(`Attempt ${input.attempt} of ${id} has ended: this is attempt ${attempt}.`, { attempt })
  if (stdin !== 'pty' && input.resize) throw conflict(`${id} has no terminal, and so no size.`)
}

/** A line is ended as by the Enter key: in a terminal by CR, in a pipe by LF. */
function bytesOf({ stdin }: TaskRow, { text, key }: z.infer<typeof Input>): Buffer {
  if (key === undefined) return Buffer.from(`${text}${stdin === 'pty' ? '\r' : '\n'}`)
  return Buffer.from(stdin !== 'pty' && key === 'enter' ? '\n' : KEYS[key])
}

const notTaken = ({ id, worker_id }: TaskRow, waiting: Waiting | undefined) =>
  waiting?.isSent
    ? conflict(`${worker_id} did not confirm the input of ${id} within ${TAKEN_WITHIN_MS / 1000} s. It may have arrived.`)
    : conflict(`${worker_id} did not ask for input of ${id} within ${TAKEN_WITHIN_MS / 1000} s. Nothing was sent.`)

/** Tells the worker what to pass on, and logs what it has passed on. Waits up to `wait_s` for more. Throws conflict for a stale fence. */
export async function feed(app: App, id: string, body: z.infer<typeof Feed>, gone: AbortSignal) {
  const held = await heldBy(app, id, body)
  const inlet = inletOf(app, id)
  inlet.readers++
  try {
    for (const taken of body.taken) await confirm(app, id, body, inlet.waiting.get(taken))
    for (const closed of body.closed) inlet.waiting.get(closed)?.settle.reject(conflict(`The input of ${id} has ended: nothing can be sent any more.`))
    const isNew = () => unsent(inlet, held, body).length > 0 || isResized(inlet, body.size)
    if (!isNew() && body.wait_s > 0) await once(inlet, 'changed', { signal: AbortSignal.any([gone, AbortSignal.timeout(body.wait_s * 1000)]) }).catch(() => {})
    const items = unsent(inlet, held, body)
    for (const waiting of items) waiting.isSent = true
    const size = isResized(inlet, body.size) ? inlet.size : undefined
    return { items: items.map(({ id, bytes, secret }) => ({ id, data: bytes.toString('base64'), secret })), ...(size && { size }) }
  } finally {
    inlet.readers--
    forget(app, id)
  }
}

const unsent = (inlet: Inlet, { attempt }: TaskRow, { taken, closed }: z.infer<typeof Feed>) =>
  [...inlet.waiting.values()].filter((waiting) => waiting.attempt === attempt && !taken.includes(waiting.id) && !closed.includes(waiting.id))

const isResized = ({ size }: Inlet, known: z.infer<typeof Size> | undefined) => size !== undefined && (size.cols !== known?.cols || size.rows !== known.rows)

async function confirm(app: App, id: string, holder: z.infer<typeof Holder>, waiting: Waiting | undefined) {
  if (!waiting) return
  const { caller, attempt, key, secret, settle } = waiting
  try {
    const told = await app.mutate({ actor: caller.actor }, async (tx) => {
      const task = await setStatus(tx, await heldBy(tx, id, holder), 'running')
      await tx.emit(events.inputSent, `task:${id}`, { task_id: id, attempt, key, secret, title: task.title, queue: task.queue })
      return toTask(task)
    })
    settle.resolve(told)
  } catch (error) {
    settle.reject(error)
    throw error
  }
}
