import type { TaskFilter } from '../../../src/tasks/search/filter.ts'
import type { SearchProblem, Term } from '../../../src/tasks/search/search.ts'
import type { TaskList } from '../../../src/tasks/tasks.ts'
import { Button } from '../../ui/form/button.tsx'
import { attr } from '../../ui/html.ts'
import { Icon } from '../../ui/icon.tsx'
import type { Viewer } from '../../viewer.ts'
import { listHref, without } from '../links.ts'
import { SavedView } from './saved-view.tsx'

const BOX = 'tasks-search'

const EXAMPLES = [
  ['state:failed', 'in that state; also open, done, due, scheduled or waiting'],
  ['queue:mail', 'in that queue; repeat it for several'],
  ['-queue:ci', 'anything but that'],
  ['worker:w_3', 'held by that worker'],
  ['project:shop', 'of that project'],
  ['pipeline:t_9', 'the steps of that pipeline'],
  ['since:2h', 'created in the last two hours'],
  ['"connection refused"', 'these words in the title, command, description or error, or printed by a failed task'],
  ['log:refused', 'that printed this, newest tasks first'],
] as const

/** The search box, with suggestions. */
export function Search({ query }: { query: TaskFilter }): JSX.Element {
  const { state, q, problem } = query
  return (
    <form class="search" method="get" action="/tasks" role="search" aria-label="Tasks">
      {state ? <input type="hidden" name="state" value={state} /> : ''}
      <label class="search-box">
        <span class="visually-hidden">Search tasks</span>
        <Icon name="search" />
        <input
          type="search"
          id={BOX}
          name="q"
          value={attr(q ?? '')}
          placeholder={'Search: state:failed queue:mail since:2h "refused"'}
          autocomplete="off"
          spellcheck="false"
          enterkeyhint="search"
          maxlength={1000}
          list="tasks-suggestions"
          aria-invalid={problem ? 'true' : undefined}
          aria-describedby={problem ? 'tasks-search-problem' : undefined}
          hx-get="/ui/tasks/suggest"
          hx-trigger="focus once, input changed delay:120ms"
          hx-target="#tasks-suggestions"
          hx-swap="innerHTML"
          hx-include="this"
          data-key="/"
        />
      </label>
      <datalist id="tasks-suggestions"></datalist>
      <Button label="Search" />
      <details class="menu search-help">
        <summary class="button" data-look="plain" aria-label="How to search" title="How to search">
          <Icon name="filter" />
        </summary>
        <dl class="menu-list search-examples">
          {EXAMPLES.map(([example, meaning]) => (
            <div>
              <dt>
                <a href={`/tasks?q=${encodeURIComponent(example)}`}>
                  <code>{example}</code>
                </a>
              </dt>
              <dd>{meaning}</dd>
            </div>
          ))}
        </dl>
      </details>
      {problem && q ? <Mistake q={q} place={problem.place} /> : ''}
    </form>
  )
}

/** The search with its mistake marked and explained. */
function Mistake({ q, place: { message, at, length } }: { q: string; place: SearchProblem }): JSX.Element {
  return (
    <p class="search-problem" id="tasks-search-problem" role="alert">
      <code>
        <span safe>{q.slice(0, at)}</span>
        <mark safe>{q.slice(at, at + length)}</mark>
        <span safe>{q.slice(at + length)}</span>
      </code>
      <span safe>{message}</span>
    </p>
  )
}

/** Each term as a link to the list without it. */
export function Chips({ query, view, viewer }: { query: TaskFilter; view: TaskList['view']; viewer: Viewer }): JSX.Element {
  if (query.problem || !(query.q || query.state)) return ''
  return (
    <ul class="chips" aria-label="Filters">
      {query.terms.map((term) => (
        <li>
          <a class="chip" href={listHref(query, { q: without(query, term) })} title="Remove this filter">
            <span class="chip-name" safe>
              {nameOf(term)}
            </span>
            <bdi safe>{term.value}</bdi>
            <Icon name="close" />
            <span class="visually-hidden">: remove</span>
          </a>
        </li>
      ))}
      {query.q ? (
        <li>
          <a class="chip-clear" href={listHref(query, { q: undefined })}>
            Clear all
          </a>
        </li>
      ) : (
        ''
      )}
      {viewer.may('tasks.operate') ? <SavedView query={query} view={view} /> : ''}
    </ul>
  )
}

const nameOf = ({ name, isExcluded }: Term): string => (isExcluded ? `not ${name}` : name)
