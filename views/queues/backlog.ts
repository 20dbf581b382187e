import type { Backlog } from '../../src/queues/backlog.ts'
import { number } from '../ui/number.ts'

/** A lower bound is shown as "more than". */
export const counted = (it: Backlog, kind: 'due' | 'scheduled'): string => `${number(it[kind])}${it.capped ? '+' : ''}`

/** Tasks are waiting, and there is no worker. */
export const isStuck = ({ due, workers }: Pick<Backlog, 'due'> & { workers: readonly unknown[] }): boolean => due > 0 && workers.length === 0
