import type { Attempt, Task } from '../../src/tasks/tasks.ts'
import { Exact, duration } from '../ui/time.tsx'

/** What is known of the task, without what is only its default. */
export function Facts({ task, attempts }: { task: Task; attempts: readonly Attempt[] }): JSX.Element {
  const { queue, project, worker_id, attempt, max_attempts, exit_code, urgency, type, contract, timeout_s, idempotent, unique_key, parent_task_id } = task
  const pid = attempts.find((it) => it.attempt === attempt)?.pid
  return (
    <section class="block" aria-label="Facts" hx-disable>
      <h2>Facts</h2>
      <dl class="facts">
        <Fact name="Queue" value={queue} href={`/tasks?queue=${encodeURIComponent(queue)}`} />
        <Fact name="Project" value={project} href={`/tasks?project=${encodeURIComponent(project ?? '')}`} />
        <Fact name="Worker" value={worker_id} href={`/workers/${worker_id}`} />
        <Fact name="Attempt" value={attempt > 0 ? `${attempt} of ${max_attempts}` : null} />
        <Fact name="Process" value={pid ? String(pid) : null} />
        <Fact name="Exit code" value={exit_code === null ? null : String(exit_code)} />
        <Fact name="Urgency" value={urgency === 'medium' ? null : urgency} />
        <Fact name="Type" value={type} />
        <Fact name="Done when" value={contract} />
        <Fact name="Time limit" value={timeout_s === null ? null : duration(timeout_s * 1000)} />
        <Fact name="If its worker is lost" value={idempotent ? 'runs again' : null} />
        <Fact name="Unique key" value={unique_key} />
        <Fact name="Parent" value={parent_task_id} href={`/tasks/${parent_task_id}`} />
        <Moment name="Created" at={task.created_at} by={task.created_by} />
        <Moment name="Started" at={task.started_at} />
        <Moment name="Ended" at={task.finished_at} />
      </dl>
    </section>
  )
}

function Fact({ name, value, href }: { name: string; value: string | null; href?: string }): JSX.Element {
  if (value === null) return ''
  return (
    <div>
      <dt safe>{name}</dt>
      <dd dir="auto">
        {href ? (
          <a href={href} safe>
            {value}
          </a>
        ) : (
          <span safe>{value}</span>
        )}
      </dd>
    </div>
  )
}

function Moment({ name, at, by }: { name: string; at: string | null; by?: string }): JSX.Element {
  if (at === null) return ''
  return (
    <div>
      <dt safe>{name}</dt>
      <dd>
        <Exact at={at} />
        {by ? <span class="muted" safe>{` by ${by}`}</span> : ''}
      </dd>
    </div>
  )
}
