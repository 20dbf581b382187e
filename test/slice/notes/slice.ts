import { z } from 'zod'
import type { Window } from '../../../src/db/index.ts'
import { one } from '../../../src/http/answer.ts'
import { callerOf, done } from '../../../src/http/respond.ts'
import { route } from '../../../src/http/route.ts'
import { byState, type Slice } from '../../../src/http/slice.ts'
import { counters, events, list, migrations, NewNote, type Note, note, tick, write } from './notes.ts'
import { noteDetail, noteLines } from './notes-view.tsx'

const NoQuery = z.object({})

/** A slice as one would add it: this folder is all there is of it. */
export const slice: Slice<Window<Note>, z.infer<typeof NoQuery>, Note, Note> = {
  noun: { one: 'note', many: 'notes' },
  title: 'Notes',
  icon: 'edit',
  group: 'context',
  key: 'g n',
  keys: [{ key: 'y', title: 'Tick off' }],
  events,
  actions: { 'notes.write': ['operator', 'admin'] },
  migrations,
  counters,
  stylesheet: new URL('notes.css', import.meta.url),
  fresh: { on: ['note.'] },
  list: { query: NoQuery, load: list, view: noteLines },
  item: { example: 'n_1', title: ({ text }) => text, load: note, view: noteDetail },
  badge: ({ notes = {} }) => (notes.open ? { count: notes.open, tone: 'waiting', words: { one: 'open note', many: 'open notes' } } : undefined),
  needs: {
    async load(db) {
      const items = (await list(db)).items.filter(({ state }) => state === 'open')
      return { items, total: items.length }
    },
    view: noteLines,
    all: { title: 'All notes', href: '/notes' },
  },
  find: {
    async things(db, q) {
      const found = (await list(db)).items.filter(({ text }) => text.includes(q))
      return { choices: found.map(({ id, text }) => ({ title: text, icon: 'edit', href: `/notes/${id}` })), total: found.length, capped: false }
    },
  },
  metrics: async ({ db }) => [{ name: 'notes', help: 'Notes by state.', values: byState({ all: (await list(db)).items.length }) }],
  state: async (db) => ({ notes: (await list(db)).items }),
  routes: [
    route({
      method: 'POST',
      path: '/api/notes',
      summary: 'Write a note',
      may: 'notes.write',
      body: NewNote,
      answer: one('The note', 201),
      example: { body: { text: 'Call Ana' } },
      run: async ({ app, c, body }) => done(app, c, await write(app, await callerOf(c), body), { status: 201, location: '/notes' }),
    }),
    route({
      method: 'POST',
      path: '/api/notes/:id/tick',
      summary: 'Tick a note off',
      may: 'notes.write',
      answer: one('The note'),
      example: { params: { id: 'n_1' } },
      run: async ({ app, c, params: { id } }) => done(app, c, await tick(app, await callerOf(c), id), { location: `/notes/${id}` }),
    }),
  ],
}
