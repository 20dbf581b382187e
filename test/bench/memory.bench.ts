import type { Open } from './support/contender.ts'
import { Child, type Usage } from './support/process.ts'

export const question = `The memory of an idle page connection (/ui/stream) after garbage collection, measured from 500 to 4,500 connections, in kB, beside
Hono's streamSSE and a bare node:http server. (Aim: at most 16.) The first thousands also grow V8's young generation once; from
2,500 on, only the connections count.`

const COUNTS = [500, 2_500, 4_500] as const

export async function measure() {
  const rows = []
  for (const [server, path] of [
    ['telltale', '/ui/stream'],
    ['telltale', '/api/events'],
    ['streamSSE', '/'],
    ['bare', '/'],
  ] as const) {
    const [contender, readers] = [await Child.start('contender.ts', server), await Child.start('readers.ts')]
    const open = { ...(await contender.call<Open>('open')), path }
    const used: Usage[] = []
    for (const [i, count] of COUNTS.entries()) {
      await readers.call('open', { ...open, count: count - (COUNTS[i - 1] ?? 0) })
      used.push(await contender.call<Usage>('memory'))
    }
    const [few, more, many] = used as [Usage, Usage, Usage]
    const each = (of: 'rss' | 'heap', from: Usage, connections: number) => ((many[of] - from[of]) / connections / 1024).toFixed(1)
    rows.push({ server, path, 'RSS from 500': each('rss', few, 4_000), 'RSS from 2,500': each('rss', more, 2_000), heap: each('heap', few, 4_000) })
    for (const child of [contender, readers]) child.stop()
  }
  return rows
}
