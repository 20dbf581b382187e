import type { Window } from '../../../src/db/index.ts'
import { html } from '../../../views/ui/html.ts'
import type { Note } from './notes.ts'

export function noteLines({ items }: Pick<Window<Note>, 'items'>): string {
  return html(
    <ul class="notes">
      {items.map(({ id, text }) => (
        <li id={`note-${id}`} hx-disable>
          <a href={`/notes/${id}`} safe>
            {text}
          </a>
        </li>
      ))}
    </ul>,
  )
}

export function noteDetail({ text, state }: Note): string {
  return html(
    <p class="note" hx-disable safe>
      {`${text}: ${state}`}
    </p>,
  )
}
