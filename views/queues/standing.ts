import type { Standing } from '../../src/tasks/standings.ts'
import { number } from '../ui/number.ts'

/** How many of the queued are due, or not yet: of very many, that there are more. */
export const counted = (it: Standing, kind: 'due' | 'scheduled'): string => `${number(it[kind])}${it.capped ? '+' : ''}`

/** Something waits and nobody takes it. */
export const isStuck = ({ due, workers }: Pick<Standing, 'due'> & { workers: readonly unknown[] }): boolean => due > 0 && workers.length === 0
