import type { Neighbours } from '../../../src/tasks/context/neighbours.ts'
import { attr } from '../../ui/html.ts'
import { Icon } from '../../ui/icon.tsx'

/** Links to the neighbours in the list, and back to it. */
export function Beside({ beside: { from, previous, next } }: { beside: Neighbours }): JSX.Element {
  const query = from ? `?${new URLSearchParams({ from })}` : ''
  return (
    <nav class="beside" aria-label="In the list">
      <a class="button" data-look="plain" href={attr(from ? `/tasks?${from}` : '/tasks')} title="Back to the list" data-key="u">
        <Icon name="tasks" />
        <span>{from ? 'Filtered list' : 'List'}</span>
      </a>
      <Way to={previous} query={query} icon="up" word="Newer" shortcut="k" />
      <Way to={next} query={query} icon="down" word="Older" shortcut="j" />
    </nav>
  )
}

function Way({ to, query, icon, word, shortcut }: { to: string | null; query: string; icon: 'up' | 'down'; word: string; shortcut: 'j' | 'k' }): JSX.Element {
  if (to === null) {
    return (
      <span class="button" data-look="plain" aria-disabled="true">
        <Icon name={icon} />
        <span class="beside-word">{word as 'safe'}</span>
      </span>
    )
  }
  return (
    <a
      class="button"
      data-look="plain"
      href={attr(`/tasks/${to}${query}`)}
      rel={shortcut === 'j' ? 'next' : 'prev'}
      data-key={shortcut}
      title={`${word} (${shortcut})`}
    >
      <Icon name={icon} />
      <span class="beside-word">{word as 'safe'}</span>
    </a>
  )
}
