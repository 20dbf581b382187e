import type { Context } from 'hono'
import { logLines, taskLog } from '../../views/tasks.tsx'
import { parseQuery } from '../http/body.ts'
import type { Env, Router } from '../http/panel.ts'
import { mustBeAllowed } from '../http/respond.ts'
import type { App } from '../live/app.ts'
import { frame } from '../live/frame.ts'
import type { Stream as Reader } from '../live/stream.ts'
import type { AttemptLog } from './attempt-log.ts'
import { LogQuery, linesFor } from './log-page.ts'
import { output } from './output.ts'
import { row, type TaskDetail, type TaskRow } from './tasks.ts'

const CHUNK_BYTES = 65_536
const WHOLE_BYTES = 16 * 1_048_576
const KEEPALIVE_MS = 15_000

/** The log of a task: as lines for the page, as a stream for a program, as bytes for a file. */
export function mountLog(router: Router, app: App) {
  router.get('/ui/tasks/:id/log', async (c) => {
    const { task, attempt, log, query, ended } = await asked(app, c)
    const page = await linesFor(log, query)
    const headers = {
      'X-Log-Mode': page.mode,
      'X-Log-Note': encodeURIComponent(page.note),
      'X-Log-Next': String(page.next),
      'X-Log-Line': String(page.line),
      'X-Log-Skipped': String(page.skipped),
      ...(ended && { 'X-Log-End': 'true' }),
    }
    return c.html(logLines(page.lines, contextOf(task.id, attempt, page.mode)), 200, headers)
  })
  router.get('/api/tasks/:id/log', async (c) => {
    const { task, attempt, log, query } = await asked(app, c)
    if ((c.req.header('accept') ?? '').includes('text/event-stream')) return tail(app, c, task, attempt)
    const bytes = Buffer.concat(log.read(query.from ?? log.start, WHOLE_BYTES).map((run) => run.bytes))
    const attachment = { 'Content-Disposition': `attachment; filename="${task.id}.${attempt}.log"`, 'Content-Security-Policy': 'sandbox' }
    return c.body(new Uint8Array(bytes), 200, {
      'Content-Type': 'text/plain; charset=utf-8',
      'X-Log-Start': String(log.start),
      ...(query.download !== undefined && attachment),
    })
  })
}

/** The log block of a task's page, drawn with the last lines of the attempt that the URL names, or of the newest. */
export async function logBlock(app: App, { task, attempts }: TaskDetail, asked: Record<string, string>): Promise<string> {
  const query: Partial<LogQuery> = LogQuery.safeParse(asked).data ?? {}
  const attempt = query.attempt || task.attempt || 1
  const log = output(app).log(task.id, attempt)
  const { at, find, level } = query
  const { lines, ...page } = await linesFor(log, { at, find, level })
  const ended = attempts.some((it) => it.attempt === attempt && it.finished_at !== null)
  const html = logLines(lines, contextOf(task.id, attempt, page.mode))
  return taskLog({
    task,
    attempt,
    attempts,
    ...page,
    html,
    ended,
    cut: log.start,
    ...(find && { find }),
    ...(level && { level }),
    note: page.note || undefined,
  })
}

/** Where the number of a line that was looked for leads: among its neighbours. */
const contextOf = (id: string, attempt: number, mode: string) => (mode === 'found' ? `/tasks/${id}?attempt=${attempt}` : '')

/**
 * Frames `log {offset, stream, data}` with `id` the offset behind the chunk, so that a reader resumes exactly; `end`
 * once the attempt is over. A reader that is slow is written to when its socket has room: nothing is held for it.
 */
function tail(app: App, c: Context<Env>, task: TaskRow, attempt: number): Response {
  const { stream, response } = app.streams.open(c, c.get('actor').credential ?? c.get('actor').name)
  const resumed = Number(c.req.header('last-event-id') ?? c.req.query('from') ?? 0)
  const pump = pumping(app, stream, { id: task.id, attempt, from: Number.isSafeInteger(resumed) && resumed > 0 ? resumed : 0 })
  stream.onClose(output(app).onGrowth(task.id, attempt, pump))
  // A task that waits may be cancelled before it prints anything.
  stream.onClose(app.hub.listen((written) => written.some(({ subject }) => subject === `task:${task.id}`) && pump()))
  stream.onDrain(pump)
  stream.every(KEEPALIVE_MS, () => stream.comment())
  pump()
  return response
}

function pumping(app: App, stream: Reader, { id, attempt, from }: { id: string; attempt: number; from: number }): () => void {
  let at = from
  let over = false
  const pump = () => {
    const log = output(app).log(id, attempt)
    while (!stream.blocked && log.size > at) {
      for (const { offset, stream: of, bytes } of log.read(at, CHUNK_BYTES)) {
        at = offset + bytes.length
        stream.write(frame({ event: 'log', id: String(at), data: { offset, stream: of, data: bytes.toString('base64') } }))
      }
    }
    if (!over && log.size <= at) void endIfOver()
  }
  const endIfOver = async () => {
    const ended = await app.db
      .selectFrom('attempts')
      .select(['outcome', 'exit_code'])
      .where('task_id', '=', id)
      .where('attempt', '=', attempt)
      .where('finished_at', 'is not', null)
      .executeTakeFirst()
    const task = await row(app.db, id).catch(() => undefined)
    // A task that was cancelled while it waited never has this attempt.
    if (over || (task && !ended && (task.attempt >= attempt || task.state === 'queued'))) return
    over = true
    stream.write(frame({ event: 'end', data: { state: task?.state ?? 'deleted', exit_code: ended?.exit_code ?? null, error: task?.error ?? null } }))
  }
  return pump
}

async function asked(app: App, c: Context<Env>): Promise<{ task: TaskRow; attempt: number; log: AttemptLog; query: LogQuery; ended: boolean }> {
  mustBeAllowed(c, 'read')
  const query = parseQuery(c, LogQuery)
  const task = await row(app.db, c.req.param('id') ?? '')
  const attempt = query.attempt || (task.state === 'queued' ? task.attempt + 1 : Math.max(1, task.attempt))
  const ended = await app.db
    .selectFrom('attempts')
    .select('attempt')
    .where('task_id', '=', task.id)
    .where('attempt', '=', attempt)
    .where('finished_at', 'is not', null)
    .executeTakeFirst()
  return { task, attempt, log: output(app).log(task.id, attempt), query, ended: ended !== undefined }
}
