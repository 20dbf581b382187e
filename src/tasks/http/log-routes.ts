import type { Context } from 'hono'
import { logLines, taskLog } from '../../../views/tasks.tsx'
import { inZone, zoneNow } from '../../../views/ui/zone.ts'
import type { AttemptOutput } from '../../db/index.ts'
import { json, partial, STREAM, text } from '../../http/answer.ts'
import { type Route, route } from '../../http/route.ts'
import type { Env } from '../../http/slice.ts'
import { cursorOf, outgoingOf, streaming } from '../../http/stream.ts'
import { zoneOf } from '../../http/zone.ts'
import type { App } from '../../live/app.ts'
import { frame } from '../../live/frame.ts'
import type { Stream } from '../../live/stream.ts'
import { ErrorLines, errorLines } from '../context/error-lines.ts'
import { output } from '../log/output.ts'
import { logSearches } from '../log/searches.ts'
import { DONE, follow } from '../log/tail.ts'
import { LogQuery, linesFor } from '../log/window.ts'
import { onProgress, type Progress } from '../progress.ts'
import { outputRemoved } from '../retire.ts'
import { row, type Task, type TaskDetail, type TaskRow, toTask } from '../tasks.ts'
import { isHeld } from '../words.ts'

const CHUNK_BYTES = 65_536

const EXAMPLE = { params: { id: 't_1' } }

export const logRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/ui/tasks/:id/log',
    summary: 'Lines of a task’s log',
    may: 'read',
    query: LogQuery,
    answer: partial('The lines; X-Log-Next is where the next ones begin'),
    example: EXAMPLE,
    async run({ app, c, query, params: { id } }) {
      const { task, attempt, log, ended, since } = await logOf(app, id, query)
      const window = await linesFor(log, query, async (wanted) => logSearches(app).find(await output(app).source(id, attempt), wanted, c.req.raw.signal))
      const headers = {
        'X-Log-Mode': window.mode,
        'X-Log-Note': encodeURIComponent(window.note),
        'X-Log-Next': String(window.next),
        'X-Log-Line': String(window.line),
        'X-Log-Skipped': String(window.skipped),
        'X-Log-First': String(window.extent.first),
        'X-Log-Last': String(window.extent.last),
        ...(ended && { 'X-Log-End': 'true' }),
      }
      const html = inZone(zoneOf(c), () => logLines(window.lines, contextOf(task.id, attempt, window.mode), since))
      return c.html(html, 200, headers)
    },
  }),
  route({
    method: 'GET',
    path: '/api/tasks/:id/log/errors',
    summary: 'The numbers of the error lines in a task’s log',
    may: 'read',
    query: LogQuery.pick({ attempt: true }),
    answer: json(ErrorLines, { says: 'The numbers, and whether more may follow' }),
    example: EXAMPLE,
    async run({ app, c, query, params: { id } }) {
      const { attempt } = await logOf(app, id, query)
      return c.json(await errorLines(app).of(id, attempt))
    },
  }),
  route({
    method: 'GET',
    path: '/api/tasks/:id/log',
    summary: 'Read a task’s log, or follow it',
    may: 'read',
    query: LogQuery,
    answer: text('The output; a stream of it for a request that accepts text/event-stream'),
    example: EXAMPLE,
    async run({ app, c, query, params: { id } }) {
      const { task, attempt, log } = await logOf(app, id, query)
      if ((c.req.header('accept') ?? '').includes(STREAM)) return tail(app, c, task, attempt)
      const attachment = { 'Content-Disposition': `attachment; filename="${task.id}.${attempt}.log"`, 'Content-Security-Policy': 'sandbox' }
      return c.body(bytesOf(log, query.from ?? log.start), 200, {
        'Content-Type': 'text/plain; charset=utf-8',
        'X-Log-Start': String(log.start),
        ...(query.download !== undefined && attachment),
      })
    },
  }),
]

export async function logBlock(app: App, { task, attempts }: Pick<TaskDetail, 'task' | 'attempts'>, parameters: Record<string, string>): Promise<string> {
  const query: Partial<LogQuery> = LogQuery.safeParse(parameters).data ?? {}
  const attempt = query.attempt || task.attempt || 1
  const log = await output(app).log(task.id, attempt)
  const { at, first, find, level } = query
  const { lines, ...window } = await linesFor(log, { at, first, find, level }, async (wanted) =>
    logSearches(app).find(await output(app).source(task.id, attempt), wanted),
  )
  const made = attempts.find((it) => it.attempt === attempt)
  const since = made?.started_at ?? null
  const html = inZone(parameters.zone ?? zoneNow(), () => logLines(lines, contextOf(task.id, attempt, window.mode), since))
  const removed = log.size === 0 ? await outputRemoved(app, task.id) : null
  return taskLog({
    task,
    attempt,
    ...window,
    html,
    ended: made !== undefined && made.finished_at !== null,
    cut: log.start,
    removed,
    ...(find && { find }),
    ...(level && { level }),
    note: window.note || undefined,
    shown: window.mode === 'found' ? undefined : { first: lines[0]?.number ?? 1, last: lines.at(-1)?.number ?? 0 },
    tab: parameters.tab,
  })
}

const contextOf = (id: string, attempt: number, mode: string) => (mode === 'found' ? `/tasks/${id}?attempt=${attempt}` : '')

/** Streams `log` frames from the reader's offset and `progress` frames, then `done`. An EventSource reconnects after that; 204 stops it. */
function tail(app: App, c: Context<Env>, task: TaskRow, attempt: number): Response {
  const place = cursorOf(c, 'from') ?? '0'
  if (place === DONE) return c.body(null, 204)
  const stream = app.streams.open(outgoingOf(c), c.get('actor'))
  const from = Number(place)
  showProgress(app, stream, toTask(task))
  follow(app, stream, { id: task.id, attempt, from: Number.isSafeInteger(from) && from > 0 ? from : 0 })
  return streaming()
}

/** A report that finds no room in the socket is left out: the next one supersedes it. */
function showProgress(app: App, stream: Stream, { id, state, progress, step_count }: Task) {
  const show = (data: Progress) => stream.blocked || stream.write(frame({ event: 'progress', data }))
  stream.onClose(step_count === null ? onProgress(app, id, show) : onSteps(app, id, show))
  if (isHeld(state) && progress) show(progress)
}

/** A pipeline reports no progress: that its steps move is told by their events. */
function onSteps(app: App, id: string, show: (progress: Progress) => void): () => void {
  let last = ''
  return app.hub.listen(async (written) => {
    if (!written.some(({ kind }) => kind === 'task.state_changed')) return
    const { progress } = await row(app.db, id).then(toTask, () => ({ progress: null }))
    if (!progress || JSON.stringify(progress) === last) return
    last = JSON.stringify(progress)
    show(progress)
  })
}

function bytesOf(log: AttemptOutput, from: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  const end = log.size
  let at = from
  return new ReadableStream(
    {
      async pull(controller) {
        const runs = at < end ? await log.read(at, CHUNK_BYTES) : []
        const last = runs.at(-1)
        if (!last) return controller.close()
        at = last.offset + last.bytes.length
        controller.enqueue(new Uint8Array(Buffer.concat(runs.map(({ bytes }) => bytes))))
      },
    },
    { highWaterMark: 0 },
  )
}

async function logOf(
  app: App,
  id: string,
  query: Pick<LogQuery, 'attempt'>,
): Promise<{ task: TaskRow; attempt: number; log: AttemptOutput; ended: boolean; since: string | null }> {
  const task = await row(app.db, id)
  const attempt = query.attempt || (task.state === 'queued' ? task.attempt + 1 : Math.max(1, task.attempt))
  const made = await app.db
    .selectFrom('attempts')
    .select(['started_at', 'finished_at'])
    .where('task_id', '=', task.id)
    .where('attempt', '=', attempt)
    .executeTakeFirst()
  const since = made?.started_at ? new Date(made.started_at).toISOString() : null
  return { task, attempt, log: await output(app).log(task.id, attempt), ended: made !== undefined && made.finished_at !== null, since }
}
