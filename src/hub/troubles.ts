import type { StorageTrouble } from '../db/storage.ts'
import type { UpstreamState } from '../intake/upstream/upstream.ts'
import type { App } from '../live/app.ts'

const STORAGE: Record<StorageTrouble, string> = {
  full: 'The disk is full. Nothing can be saved until there is space again; pages still show existing data.',
  busy: 'Another process has locked the database. Nothing can be saved until it releases the lock.',
  away: 'The database server does not respond. Nothing can be read or saved until it does; the server’s log says why.',
  replaced: 'The database’s log began again elsewhere, such as after a failover. Nothing can be saved until this server is restarted.',
  broken: 'The disk of the data folder cannot be read or written. Nothing can be saved; the server’s log says why.',
}

/** The numbers that should be 0, and what is out of order. */
interface Losses {
  inbox: { bad: number; trouble: string | null }
  items: readonly UpstreamState[]
  dropped: number
  gaps: number
  cuts: number
  lines_lost: number
  storage: StorageTrouble | null
}

export const storageTrouble = ({ storage }: App): string | null => (storage.trouble ? STORAGE[storage.trouble] : null)

/** What is wrong, one sentence each, the worst first. */
export function troubles({ inbox, dropped, gaps, cuts, items, lines_lost, storage }: Losses): string[] {
  return [
    storage !== null && STORAGE[storage],
    inbox.trouble !== null && `The inbox cannot be read (${inbox.trouble}). Its files stay there.`,
    ...items.flatMap(ofUpstream),
    dropped > 0 && `Slow readers missed ${count(dropped, 'record')} of the log, in ${count(gaps, 'gap')}; each reader received the count.`,
    cuts > 0 && `${count(cuts, 'reader')} accepted nothing for 10 s and had to be cut off.`,
    lines_lost > 0 && `${count(lines_lost, 'line')} of the server’s own log could not be written: its reader is gone, or its disk is full.`,
    inbox.bad > 0 && `${count(inbox.bad, 'file')} of the inbox held no valid event. See inbox/bad, with the reason beside each.`,
  ].filter((trouble) => typeof trouble === 'string')
}

function ofUpstream({ name, state, last_error, losses, refused }: UpstreamState): string[] {
  const why = last_error === null ? '' : ` (${last_error})`
  return [
    state === 'refused' && `The upstream ${name} refuses${why}.`,
    state === 'waiting' && `The upstream ${name} cannot be reached${why}; retrying.`,
    losses > 0 && `The upstream ${name} reported lost events ${count(losses, 'time')}.`,
    refused > 0 && `The upstream ${name} sent ${count(refused, 'thing')} that ${refused === 1 ? 'is no event' : 'are no events'}.`,
  ].filter((trouble) => typeof trouble === 'string')
}

const count = (n: number, noun: string) => `${n.toLocaleString('en-US')} ${noun}${n === 1 ? '' : 's'}`
