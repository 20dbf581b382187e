import type { Choice, ChoiceSection, Found } from '../../../views/palette/choice.tsx'
import type { Db } from '../../db/index.ts'
import { sidebarOf } from '../sidebar.ts'
import type { AnySlice, Opened } from '../slice.ts'

/** How many choices of a section are shown. */
export const MOST = 8
/** How many things are counted. */
export const COUNTED = 100

/** Matches of `q` in sections of at most MOST each; without text, the page's commands and the places to go. */
export async function find(db: Db, slices: readonly AnySlice[], q: string, opened: Opened): Promise<Found> {
  const doing = section('Do', fitting([...(await aboutPage(db, slices, opened)), ...commands(slices, opened)], q))
  const going = section('Go to', fitting(await places(db, slices), q))
  if (q === '') return { q, sections: [doing, going].filter(isSome) }
  const things = []
  for (const { title, find } of slices) if (find) things.push({ title, ...(await find.things(db, q, opened)) })
  return { q, sections: [...(await byId(db, slices, q, opened)), going, doing, ...things].filter(isSome) }
}

/** `Page, command, task or worker`. */
export function placeholderOf(slices: readonly AnySlice[]): string {
  const words = ['page', 'command', ...slices.filter(({ find }) => find).map(({ noun }) => noun.one)]
  const text = `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
  return text.charAt(0).toUpperCase() + text.slice(1)
}

const isSome = ({ total }: ChoiceSection) => total > 0

export function section(title: string, choices: readonly Choice[], capped = false): ChoiceSection {
  return { title, choices: choices.slice(0, MOST), total: choices.length, capped }
}

function fitting(choices: readonly Choice[], q: string): Choice[] {
  const words = q.toLowerCase().split(/\s+/).filter(Boolean)
  const text = ({ title, more = '' }: Choice) => `${title} ${more}`.toLowerCase()
  const found = choices.filter((choice) => words.every((word) => text(choice).includes(word)))
  const begins = (choice: Choice) => Number(text(choice).startsWith(words[0] ?? ''))
  return found.sort((a, b) => begins(b) - begins(a))
}

/** The sidebar's entries, and the links below them. */
async function places(db: Db, slices: readonly AnySlice[]): Promise<Choice[]> {
  const { links } = await sidebarOf(slices, db)
  const pages = slices.map(({ noun, title, key }): Choice => ({ title, icon: 'go', href: `/${noun.many}`, ...(key && { key }) }))
  const below = slices.flatMap(({ noun }) => (links[noun.many] ?? []).map((link): Choice => ({ ...link, icon: 'filter', more: 'saved view' })))
  return [...pages, ...below, { title: 'API', icon: 'go', href: '/api' }]
}

function commands(slices: readonly AnySlice[], opened: Opened): Choice[] {
  return [
    ...slices.flatMap(({ find }) => find?.commands?.(opened) ?? []),
    { title: 'Pause or resume live updates', more: 'pause live', icon: 'pause', press: 'p', key: 'p' },
    { title: 'Toggle dark mode', more: 'theme', icon: 'theme', press: 't', key: 't' },
    { title: 'Keyboard shortcuts', more: 'keys, help', icon: 'keyboard', press: '?', key: '?' },
  ]
}

async function aboutPage(db: Db, slices: readonly AnySlice[], opened: Opened): Promise<Choice[]> {
  const [, name, id] = opened.at.split('/')
  const slice = slices.find(({ noun }) => noun.many === name)
  return id === undefined ? [] : ((await slice?.find?.about?.(db, id, opened)) ?? [])
}

async function byId(db: Db, slices: readonly AnySlice[], q: string, opened: Opened): Promise<ChoiceSection[]> {
  for (const { title, find } of slices) {
    const choice = await find?.byId?.(db, q, opened)
    if (choice) return [section(title, [choice])]
  }
  return []
}
