import type { TaskFilter } from '../../../src/tasks/search/filter.ts'
import type { Looked as How } from '../../../src/tasks/search/searched.ts'
import type { TaskList } from '../../../src/tasks/tasks.ts'
import { BUSY } from '../../../src/tasks/words.ts'
import { ButtonLink } from '../../ui/form/button.tsx'
import { timeOfDay } from '../../ui/time.tsx'
import { listHref } from '../links.ts'

/** How far a search of logs looked, with links that search on, or again. */
export function Looked({ data: { looked, next }, query, now }: { data: TaskList; query: TaskFilter; now: number }): JSX.Element {
  if (!looked) return ''
  return (
    <div class="looked" id="tasks-looked">
      <p safe>{wordsOf(looked, query, now)}</p>
      {next ? <ButtonLink label="Search on" href={searchOnHref(query, next)} /> : ''}
      <ButtonLink label="Search again" look="plain" href={listHref(query, { before: query.before })} />
    </div>
  )
}

export const searchOnHref = (query: TaskFilter, next: string) => listHref(query, { before: next })

function wordsOf({ at, tasks, of, capped, unread, is_busy }: How, { before }: TaskFilter, now: number): string {
  if (is_busy) return BUSY
  const all = `${figure(of)}${capped ? ' or more' : ''}${before ? ' older' : ''} ${of === 1 ? 'task' : 'tasks'}`
  const some = `the ${before ? 'next' : 'newest'} ${figure(tasks)} of ${all}`
  const missed = unread === 0 ? '' : ` ${figure(unread)} ${unread === 1 ? 'log' : 'logs'} took too long.`
  return `Looked through the logs of ${tasks < of || capped ? some : of === 1 ? all : `all ${all}`}, as of ${timeOfDay(at, now)}.${missed}`
}

const figure = (value: number) => value.toLocaleString('en-US')
