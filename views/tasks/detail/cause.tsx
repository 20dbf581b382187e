import type { Task } from '../../../src/tasks/tasks.ts'
import { Icon } from '../../ui/icon.tsx'
import { Ago } from '../../ui/time.tsx'

/** Where the task comes from. */
export function Cause({ task: { created_by, created_at, parent_task_id }, now }: { task: Task; now: number }): JSX.Element {
  return (
    <section class="block" aria-label="Cause" hx-disable>
      <h2>Cause</h2>
      <ul class="cause">
        <li>
          <Icon name="user" />
          <span safe>{`Created by ${created_by}`}</span>
          <span class="muted number">
            <Ago at={created_at} now={now} />
          </span>
        </li>
        {parent_task_id ? (
          <li>
            <Icon name="tasks" />
            <a href={`/tasks/${parent_task_id}`} safe>
              {`Part of ${parent_task_id}`}
            </a>
          </li>
        ) : (
          ''
        )}
      </ul>
    </section>
  )
}
