import type { EventsFilter } from '../../src/events/filter.ts'

type Narrowing = Partial<Pick<EventsFilter, 'kinds' | 'subject' | 'source' | 'actor' | 'q'>>

/** The fields of a filter as a form or a URL has them, without those that are empty. */
export function fieldsOf({ kinds = [], subject, source, actor, q }: Narrowing): [name: string, value: string][] {
  const named = { kinds: kinds.join(), subject, source, actor, q }
  return Object.entries(named).flatMap(([name, value]) => (value ? [[name, value] as [string, string]] : []))
}

/** The log with this filter, from its newest event or from before an event. */
export function logHref(filter: Narrowing, before?: string): string {
  const search = new URLSearchParams([...fieldsOf(filter), ...(before === undefined ? [] : [['before', before]])])
  return search.size > 0 ? `/events?${search}` : '/events'
}

/** The log around one event, whose payload is open. */
export const eventHref = (seq: number): string => `/events?before=${seq + 1}#payload-${seq}`

export const isNarrowed = (filter: Narrowing): boolean => fieldsOf(filter).length > 0
