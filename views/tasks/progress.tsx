import { progressWords } from '../../public/js/words/progress.js'
import type { Progress as Known } from '../../src/tasks/progress.ts'
import type { Task } from '../../src/tasks/tasks.ts'
import { isHeld } from '../../src/tasks/words.ts'
import { domId } from '../ui/dom-id.ts'
import { attr } from '../ui/html.ts'

/** The progress of a held task. The element is there before the first report, and updates itself. */
export function Progress({ task, of }: { task: Task; of: string }): JSX.Element {
  const { id, title, progress } = task
  if (!isHeld(task.state)) return ''
  const total = progress?.total
  const words = wordsOf(progress)
  return (
    <task-progress id={domId('task', id, of)} class="task-progress" data-task={id} hidden={progress === null} hx-disable>
      <progress value={String(progress?.done ?? 0)} max={String(total || 1)} hidden={!total} aria-label={`Progress of ${attr(title)}`}></progress>
      <span class="progress-words" dir="auto" safe>
        {words}
      </span>
    </task-progress>
  )
}

const wordsOf = (progress: Known | null): string => (progress ? progressWords(progress) : '')
