import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { frames } from '../../client/sse.js'
import { backOff, isPassing, Wire } from '../../client/wire.js'
import { environment } from '../../config/config.ts'
import { complain, EXIT, failed } from '../complain.ts'
import { type Invocation, parse } from './invocation.ts'
import { ProgressLine } from './progress-line.ts'

export const help = `telltale run [options] -- COMMAND [ARGUMENT…]: queue a command as a task, print its output, exit with its code

  --cwd DIR         folder to run in, on the worker's computer (default: this one; with --url, the worker's own)
  --env NAME[=VALUE] variable for the command, by default with its value here; may be repeated
  --type NAME       task type to run instead of a command
  --param NAME=VALUE parameter of the type; may be repeated
  --at TIME         not before this time, such as 2026-12-24T08:00
  --after ID,ID     not before these tasks have succeeded (with --on any: have ended)
  --pty             give the command a terminal, so that it can ask; answer on its page
  --stdin           keep its input open for answers on its page, without a terminal
  --detach          print the task's ID instead of following it
  --queue NAME      queue (default: default)
  --title TEXT      title on the page (default: the command)
  --project NAME    project
  --urgency LEVEL   low, medium or high (default: medium)
  --timeout SECONDS kill the command after this time
  --retries N       how often to retry a failed attempt (default: 0)
  --url URL         server address (TELLTALE_URL); by default, the control socket in --data
  --token-file FILE file with a token; or set TELLTALE_TOKEN
  --data DIR        the server's data folder (TELLTALE_DATA, here: ${environment.data})

A command shows its progress on the page and here by printing a line: ::progress done=42 total=100::copying
(total and the text may be left out), or by the terminal sequence OSC 9;4.

A task has no standard input, unless you ask for one; input that is piped to this program is not passed on. Ctrl-C
cancels the task; a second Ctrl-C detaches and lets the task run.

Exit codes: the command's own (127 command not found, 137 killed); 130 cancelled; 1 lost, refused by the server, or ended
without a code; 2 wrong usage; 69 server not reachable.
`

const EXIT_CANCELLED = 130
const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 5_000
const OPEN = ['queued', 'claimed', 'running']

interface Task {
  id: string
  state: string
  attempt: number
  exit_code: number | null
  error: string | null
  step_count?: number | null
}

interface Detail extends Task {
  run_at: string
  attempts: readonly { attempt: number; outcome: string | null; error: string | null; finished_at: string | null }[]
}

export async function run(args: string[]): Promise<number> {
  let invocation: Invocation
  try {
    invocation = parse(args)
  } catch (error) {
    complain(`telltale run: ${(error as Error).message}`)
    return EXIT.usage
  }
  const wire = new Wire(invocation)
  const interrupts = listen()
  try {
    const options = { headers: { 'idempotency-key': randomUUID() }, signal: interrupts.second }
    const { body } = await wire.call<{ item: Task }>('POST', '/api/tasks', invocation.task, options)
    if (invocation.detach) {
      console.log(body.item.id)
      return 0
    }
    return await attend(wire, body.item.id, interrupts)
  } catch (error) {
    return interrupts.second.aborted ? EXIT_CANCELLED : failed(error, invocation)
  } finally {
    interrupts.end()
    wire.close()
  }
}

interface Interrupts {
  first: AbortSignal
  second: AbortSignal
  end(): void
}

/** Handles Ctrl-C from the start, so that one before the task has an id is not lost. A closed output counts as two. */
function listen(): Interrupts {
  const [first, second] = [new AbortController(), new AbortController()]
  const leave = () => second.abort()
  const interrupt = () => (first.signal.aborted ? second : first).abort()
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt)
  for (const output of [process.stdout, process.stderr]) output.on('error', leave)
  const end = () => void process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
  return { first: first.signal, second: second.signal, end }
}

async function attend(wire: Wire, id: string, { first, second }: Interrupts): Promise<number> {
  const over = new AbortController()
  const cancel = async () => {
    complain(`telltale: cancelling ${id}; press Ctrl-C again to detach`)
    const { body } = await wire.call<{ item: Task }>('POST', `/api/tasks/${id}/cancel`, {})
    if (!OPEN.includes(body.item.state)) over.abort() // it was still waiting, so no log reports the end
  }
  const cancelled = () => void cancel().catch((error) => complain(`telltale: ${id} was not cancelled: ${error.message}`))
  if (first.aborted) cancelled()
  first.addEventListener('abort', cancelled)
  await follow(wire, id, AbortSignal.any([second, over.signal]))
  return second.aborted ? EXIT_CANCELLED : exitCodeOf(await look(wire, id))
}

async function follow(wire: Wire, id: string, settled: AbortSignal) {
  const place = { attempt: 1, offset: 0 }
  for (let tries = 0; !settled.aborted; tries++) {
    try {
      if (await print(wire, id, place, settled)) {
        const task = await look(wire, id)
        if (!OPEN.includes(task.state)) return
        sayNext(task, place.attempt)
        Object.assign(place, { attempt: Math.max(place.attempt + 1, task.attempt), offset: 0 })
        tries = 0
      }
    } catch (error) {
      if (settled.aborted) return
      if (!isPassing(error)) throw error
      if (tries === 0) complain(`telltale: waiting for the server to respond again; following ${id}`)
    }
    await pause(backOff(tries, FIRST_PAUSE_MS, LONGEST_PAUSE_MS), undefined, { signal: settled }).catch(() => {})
  }
}

/** Prints one attempt from `place`, which it advances; false if the stream ended before the attempt did. */
async function print(wire: Wire, id: string, place: { attempt: number; offset: number }, signal: AbortSignal): Promise<boolean> {
  const headers = { accept: 'text/event-stream', 'last-event-id': String(place.offset) }
  const stream = await wire.stream(`/api/tasks/${id}/log?attempt=${place.attempt}`, { headers, signal })
  const progress = new ProgressLine()
  try {
    for await (const { event, data } of frames(stream)) {
      if (event === 'done') return true
      if (event === 'progress') progress.show(JSON.parse(data))
      if (event !== 'log') continue
      const chunk = JSON.parse(data) as { offset: number; stream: 'stdout' | 'stderr'; data: string }
      const bytes = Buffer.from(chunk.data, 'base64')
      progress.erase()
      if (!process[chunk.stream].write(bytes)) await once(process[chunk.stream], 'drain', { signal })
      progress.printed(bytes)
      place.offset = chunk.offset + bytes.length
    }
    return false
  } finally {
    progress.end()
  }
}

async function look(wire: Wire, id: string): Promise<Detail> {
  const { body } = await wire.call<{ item: Detail }>('GET', `/api/tasks/${id}`)
  return body.item
}

function sayNext({ attempts, run_at }: Detail, ended: number) {
  const { outcome, error, finished_at } = attempts.find(({ attempt }) => attempt === ended) ?? {}
  if (!finished_at) return
  const wait_s = Math.round((Date.parse(run_at) - Date.parse(finished_at)) / 1000)
  complain(`telltale: attempt ${ended} ${outcome === 'lost' ? 'was lost' : outcome} (${error}); the next in ${wait_s} s`)
}

function exitCodeOf({ id, state, exit_code, error, step_count }: Task): number {
  if (state === 'succeeded') return 0
  if (state === 'cancelled') return EXIT_CANCELLED
  // What a pipeline's step printed is not shown here.
  if (exit_code === null || state === 'lost' || step_count) complain(`telltale: ${id} ${state === 'lost' ? 'was lost' : state}: ${error ?? 'no reason given'}`)
  return state === 'failed' ? (exit_code ?? EXIT.failure) : EXIT.failure
}
