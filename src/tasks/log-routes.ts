import type { Context } from 'hono'
import { z } from 'zod'
import { logLines, taskLog } from '../../views/tasks.tsx'
import { parseQuery } from '../http/body.ts'
import type { Env, Router } from '../http/panel.ts'
import { mustBeAllowed } from '../http/respond.ts'
import type { App } from '../live/app.ts'
import { frame } from '../live/frame.ts'
import type { Stream as Reader } from '../live/stream.ts'
import type { AttemptLog } from './attempt-log.ts'
import { readLines } from './log-lines.ts'
import { output } from './output.ts'
import { row, type TaskDetail, type TaskRow } from './tasks.ts'

const CHUNK_BYTES = 65_536
const WHOLE_BYTES = 16 * 1_048_576
const KEEPALIVE_MS = 15_000

const count = z.coerce.number().int().min(0)
const LogQuery = z.object({ attempt: count.optional(), from: count.optional(), line: count.optional(), download: z.string().optional() })
type LogQuery = z.infer<typeof LogQuery>

/** The log of a task: as lines for the page, as a stream for a program, as bytes for a file. */
export function mountLog(router: Router, app: App) {
  router.get('/ui/tasks/:id/log', async (c) => {
    const { log, query, ended } = await asked(app, c)
    const page = readLines(log, query.from ?? log.start, query.line ?? log.firstLine)
    const headers = {
      'X-Log-Next': String(page.next),
      'X-Log-Line': String(page.line),
      'X-Log-Skipped': String(page.skipped),
      ...(ended && { 'X-Log-End': 'true' }),
    }
    return c.html(logLines(page.lines), 200, headers)
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
export function logBlock(app: App, { task, attempts }: TaskDetail, query: Record<string, string>): string {
  const attempt = Number(query.attempt) || task.attempt || 1
  const log = output(app).log(task.id, attempt)
  const page = readLines(log, log.start, log.firstLine)
  const ended = attempts.some((it) => it.attempt === attempt && it.finished_at !== null)
  return taskLog({ task, attempt, attempts, html: logLines(page.lines), next: page.next, line: page.line, ended, skipped: page.skipped, cut: log.start })
}

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
