import { Child, median } from './support/process.ts'
import { slowDisk } from './support/slow-disk.ts'

export const question = `How many tasks a second can be created, compared with the same two inserts by better-sqlite3 alone, each pair with its
own COMMIT? (Aim: a ratio of at least 0.9 with 16 writers and 0.45 with one; 5 with 16 where an fsync takes 2 ms longer.)`

const ROUNDS = 7
const MS = 1_500

export async function measure() {
  const slow = slowDisk()
  if (!slow) console.log('no slow disk: there is no C compiler')
  return [...(await onDisk('this disk')), ...(slow ? await onDisk('2 ms more per fsync', slow) : [])]
}

interface Round {
  ours: number
  group: number
  bare: number
  ratio: number
}

/** Each in turn, over several rounds, so that a noisy neighbour hits all. */
async function onDisk(disk: string, preload?: string) {
  const child = await Child.start('writers.ts', '', { ...(preload && { LD_PRELOAD: preload }) })
  const table = []
  for (const writers of [1, 16]) {
    const rounds: Round[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const ours = await child.call<{ perSecond: number; group: number }>('ours', { writers, ms: MS })
      const bare = await child.call<{ perSecond: number }>('bare', { ms: MS })
      rounds.push({ ours: ours.perSecond, group: ours.group, bare: bare.perSecond, ratio: ours.perSecond / bare.perSecond })
    }
    const of = (name: keyof Round) => median(rounds.map((round) => round[name]))
    table.push({
      disk,
      writers,
      'tasks/s': of('ours').toFixed(0),
      'bare tasks/s': of('bare').toFixed(0),
      ratio: of('ratio').toFixed(2),
      'changes a group': of('group').toFixed(1),
    })
  }
  child.stop()
  return table
}
