import { progressWords } from '../../../public/js/words/progress.js'
import type { Stdin } from '../../../src/process/stdin.ts'
import type { PipelineInContext } from '../../../src/tasks/pipelines/context.ts'
import type { Attempt, Task } from '../../../src/tasks/tasks.ts'
import { isHeld, isOpen } from '../../../src/tasks/words.ts'
import { queueHref } from '../../queues/links.ts'
import { Fact, FactList, Moment } from '../../ui/facts.tsx'
import { duration } from '../../ui/time.tsx'

const INPUTS: Record<Stdin, string | null> = { none: null, open: 'a pipe', pty: 'a terminal' }

/** The task's properties, without defaults. */
export function Facts({ task, attempts, pipeline }: { task: Task; attempts: readonly Attempt[]; pipeline: PipelineInContext | null }): JSX.Element {
  const { queue, project, worker_id, attempt, max_attempts, exit_code, urgency, type, contract, timeout_s, idempotent, unique_key } = task
  const pid = attempts.find((it) => it.attempt === attempt)?.pid
  return (
    <FactList>
      <Fact name="Queue" value={queue} href={queueHref(queue)} />
      <Fact name="Project" value={project} href={`/tasks?project=${encodeURIComponent(project ?? '')}`} />
      {pipeline ? <Parts task={task} pipeline={pipeline} /> : ''}
      {task.step_count === null ? (
        <>
          <Fact name="Worker" value={worker_id} href={`/workers/${worker_id}`} keeps />
          <Fact name="Attempt" value={attempt > 0 ? `${attempt} of ${max_attempts}` : null} keeps />
          <Fact name="Process" value={pid ? String(pid) : null} keeps />
        </>
      ) : (
        ''
      )}
      <Moment name="Started" at={task.started_at} keeps />
      <Moment name="Ended" at={task.finished_at} keeps />
      <Fact name="Exit code" value={exit_code === null ? null : String(exit_code)} keeps />
      <Fact name="Progress" value={isHeld(task.state) || task.step_count !== null || !task.progress ? null : progressWords(task.progress)} />
      <Fact name="Urgency" value={urgency === 'medium' ? null : urgency} />
      <Fact name="Type" value={type} />
      <Fact name="Folder" value={task.cwd} />
      <Fact name="Environment" value={Object.keys(task.env).join(', ') || null} />
      <Fact name="Input" value={INPUTS[task.stdin]} />
      <Fact name="Done when" value={contract} />
      <Fact name="Time limit" value={timeout_s === null ? null : duration(timeout_s * 1000)} />
      <Fact name="If its worker is lost" value={idempotent ? 'runs again' : null} />
      <Fact name="Unique key" value={unique_key} />
      <Moment name="Created" at={task.created_at} />
    </FactList>
  )
}

/** Where a step stands in its pipeline; of a pipeline, how many of its steps have ended. */
function Parts({ task, pipeline: { task: whole, steps } }: { task: Task; pipeline: PipelineInContext }): JSX.Element {
  if (task.step === null) return <Fact name="Steps" value={`${steps.filter(({ state }) => !isOpen(state)).length} of ${steps.length} ended`} />
  const at = steps.findIndex(({ id }) => id === task.id)
  const needed = steps.filter(({ needs }) => needs.includes(task.step as string)).map(({ step }) => step)
  return (
    <>
      <Fact name="Pipeline" value={whole.title} href={`/tasks/${whole.id}`} />
      <Fact name="Step" value={`${at + 1} of ${steps.length}`} />
      <Fact name="Needs" value={steps[at]?.needs.join(', ') || null} />
      <Fact name="Needed by" value={needed.join(', ') || null} />
    </>
  )
}
