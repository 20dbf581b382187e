import type { Viewer } from '../../src/http/panel.ts'
import type { TaskFilter } from '../../src/tasks/filter.ts'
import { Button } from '../ui/button.tsx'
import { Input, Select } from '../ui/field.tsx'
import { attr, html } from '../ui/html.ts'
import { Icon } from '../ui/icon.tsx'
import { taskForm } from './form.tsx'
import { listHref } from './links.ts'

const CHIPS = ['q', 'queue', 'project', 'worker', 'since'] as const
const CHIP_WORDS = { q: 'text', queue: 'queue', project: 'project', worker: 'worker', since: 'since' } as const

/** Above the list: search, filters as removable chips, and the form for a new task. None of it is ever swapped. */
export function taskHead(query: TaskFilter, queues: readonly string[], viewer: Viewer): string {
  const safeForm = taskForm({ values: query.queue ? { queue: query.queue } : {}, fields: {}, queues, types: [], viewer })
  return html(
    <div class="head" id="tasks-head">
      <h1 class="visually-hidden">Tasks</h1>
      {viewer.may('tasks.create') ? (
        <details class="disclosure" hx-get="/ui/tasks/new" hx-trigger="toggle once" hx-target="#task-form" hx-swap="morph:outerHTML settle:0ms">
          <summary class="button tasks-new" data-look="primary">
            <Icon name="plus" />
            <span>New task</span>
          </summary>
          {safeForm}
        </details>
      ) : (
        ''
      )}
      <SearchForm query={query} queues={queues} />
      <Chips query={query} />
    </div>,
  )
}

function SearchForm({ query, queues }: { query: TaskFilter; queues: readonly string[] }): JSX.Element {
  const { state, queue, q } = query
  const form = { values: Object.fromEntries(Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]))) }
  const known = queue && !queues.includes(queue) ? [...queues, queue] : queues
  const options = [{ value: '', label: 'Every queue' }, ...known.map((name) => ({ value: name, label: name }))]
  const of = 'tasks-filter'
  return (
    <form class="search" method="get" action="/tasks" role="search">
      {state ? <input type="hidden" name="state" value={state} /> : ''}
      <label class="search-box">
        <span class="visually-hidden">Search titles, commands and errors</span>
        <Icon name="search" />
        <input type="search" name="q" value={attr(q ?? '')} placeholder="Search titles, commands and errors" autocomplete="off" />
      </label>
      <details class="menu filters">
        <summary class="button">
          <Icon name="filter" />
          <span>Filter</span>
        </summary>
        <div class="menu-list filter-fields">
          <Select form={form} of={of} name="queue" label="Queue" options={options} />
          <Input form={form} of={of} name="project" label="Project" />
          <Input form={form} of={of} name="worker" label="Worker" placeholder="w_3" mono />
          <Input form={form} of={of} name="since" label="Created since" placeholder="30m, 2h, 7d or 2026-11-20" list="tasks-filter-ages" />
          <datalist id="tasks-filter-ages">
            {['30m', '2h', '24h', '7d'].map((age) => (
              <option value={age}></option>
            ))}
          </datalist>
          <Button label="Apply" look="primary" />
        </div>
      </details>
      <Button label="Search" />
    </form>
  )
}

function Chips({ query }: { query: TaskFilter }): JSX.Element {
  const set = CHIPS.filter((name) => query[name])
  if (set.length === 0) return ''
  return (
    <ul class="chips" aria-label="Filters">
      {set.map((name) => (
        <li>
          <a class="chip" href={listHref(query, { [name]: undefined })} title="Remove this filter">
            <span class="chip-name">{CHIP_WORDS[name]}</span>
            <bdi safe>{query[name]}</bdi>
            <Icon name="close" />
            <span class="visually-hidden">: remove</span>
          </a>
        </li>
      ))}
      <li>
        <a class="chip-clear" href={listHref({ state: query.state })}>
          Clear all
        </a>
      </li>
    </ul>
  )
}
