import { connect, type Socket } from 'node:net'
import type { Open } from './contender.ts'
import { answer, MARK, percentile } from './process.ts'

/** The readers of a bench, in a process that only counts marks, so that it costs little. */
interface Group {
  sockets: Socket[]
  got: Uint32Array
  /** When each last got one, in ms of the machine's monotonic clock. */
  at: Float64Array
  want: number
  left: number
  done: () => void
}

const MARK_BYTE = MARK.charCodeAt(0)
/** Connections opened at once; a server's backlog holds 511. */
const AT_ONCE = 100

const groups: Group[] = []
const now = () => Number(process.hrtime.bigint()) / 1e6

async function open({ port, path, headers, count }: Open & { count: number }): Promise<number> {
  const group: Group = { sockets: [], got: new Uint32Array(count), at: new Float64Array(count), want: 0, left: 0, done: () => {} }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const head = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n${lines.join('')}\r\n`
  for (let i = 0; i < count; i += AT_ONCE) {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - i) }, (_, j) => join(group, i + j, port, head)))
  }
  return groups.push(group) - 1
}

function join(group: Group, i: number, port: number, head: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(head))
    group.sockets.push(socket)
    socket.once('data', (chunk: Buffer) => (chunk.toString('latin1').startsWith('HTTP/1.1 200') ? resolve() : reject(new Error(chunk.toString()))))
    socket.on('error', reject).on('data', (chunk: Buffer) => count(group, i, chunk))
  })
}

function count(group: Group, i: number, chunk: Buffer) {
  let found = 0
  for (let at = chunk.indexOf(MARK_BYTE); at !== -1; at = chunk.indexOf(MARK_BYTE, at + 1)) found++
  if (found === 0) return
  const before = group.got[i] as number
  group.got[i] = before + found
  group.at[i] = now()
  if (before < group.want && before + found >= group.want && --group.left === 0) group.done()
}

/** Returns when the readers of the group have received this many more: the median, the p99 and the last. */
async function expect({ group: index, frames }: { group: number; frames: number }) {
  const group = groups[index] as Group
  group.want += frames
  group.left = group.got.filter((got) => got < group.want).length
  if (group.left > 0) await new Promise<void>((resolve) => (group.done = resolve))
  const times = [...group.at]
  return { p50: percentile(times, 50), p99: percentile(times, 99), last: Math.max(...times) }
}

answer({
  open,
  expect,
  close: (index: number) => groups[index]?.sockets.forEach((socket) => void socket.destroy()),
})
