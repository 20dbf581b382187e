import { connect, type Socket } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { firehose } from '../../src/live/firehose.ts'
import { MOST_BEHIND } from '../../src/live/reader.ts'
import { STALL_MS } from '../../src/live/stream.ts'
import { until } from '../support/server.ts'
import { firehoseOf, numbers, post, type Served, served } from '../support/wire.ts'

/** More than a socket and its reader hold between them. */
const FLOOD = { bytes: 4_000 }

/** Asks for a stream and reads nothing of it: the kernel holds a little, then the socket is full. */
async function stalled({ socketPath }: Served, path = '/api/events'): Promise<Socket> {
  const socket = connect({ path: socketPath, allowHalfOpen: true }).on('error', () => {})
  onTestFinished(() => void socket.destroy())
  socket.pause().write(`GET ${path} HTTP/1.1\r\nHost: telltale\r\n\r\n`)
  return socket
}

/** A server that cuts no reader while a busy machine makes what it is to miss. */
async function patient(): Promise<Served> {
  const app = await served()
  app.streams.stallMs = 20 * STALL_MS
  return app
}

async function rest(socket: Socket): Promise<string> {
  let text = ''
  for await (const chunk of socket.setEncoding('utf8')) text += chunk
  return text
}

describe('a reader that does not keep up', () => {
  test('loses the oldest, is sent exactly which, and gets the newest; a lossless one gets all', async () => {
    const LAST = 1_500
    const app = await patient()
    const [slow, lossless, quick] = [await firehoseOf(app), await firehoseOf(app, '?lossless=1'), await firehoseOf(app)]
    for (const reader of [slow, lossless]) reader.pause()
    for (const sent of numbers(1, 15)) {
      await post(app, 100, FLOOD)
      await until(() => quick.seqs().length === sent * 100)
    }
    for (const reader of [slow, lossless]) reader.resume()
    await until(() => slow.seqs().at(-1) === LAST && lossless.seqs().at(-1) === LAST)
    const [gap, ...more] = slow.of('gap')
    const { from, to, dropped } = JSON.parse(gap?.data ?? '')
    expect([more, gap?.id]).toEqual([[], undefined])
    // Only one batch and the kernel's buffers were in flight; no copy of the rest was in our memory.
    expect(from * FLOOD.bytes).toBeLessThan(1_000_000)
    expect({ to, dropped }).toEqual({ to: LAST - MOST_BEHIND, dropped: to - from + 1 })
    expect(slow.seqs()).toEqual([...numbers(1, from - 1), ...numbers(to + 1, LAST)])
    const before = slow.frames[slow.frames.indexOf(gap as (typeof slow.frames)[number]) - 1]
    expect(before?.id).toBe(`${from - 1}.${app.epoch}`)
    expect(firehose(app).stats).toMatchObject({ gaps: 1, dropped })
    for (const reader of [lossless, quick]) expect([reader.of('gap'), reader.seqs()]).toEqual([[], numbers(1, LAST)])
  })

  test('gets everything when it resumes, however slow it is: nothing of a replay is dropped', async () => {
    const app = await patient()
    for (let i = 0; i < 20; i++) await post(app, 100, FLOOD)
    const reader = await firehoseOf(app, '?since=0')
    reader.pause()
    for (let i = 0; i < 5; i++) await post(app, 100, FLOOD)
    reader.resume()
    await until(() => reader.seqs().at(-1) === 2_500)
    expect([reader.of('gap'), reader.seqs()]).toEqual([[], numbers(1, 2_500)])
  })

  test('still receives the end, after all that was written before, even if events arrive in between', async () => {
    const app = await patient()
    const socket = await stalled(app, '/api/events?lossless=1')
    await until(() => firehose(app).readers === 1)
    for (let i = 0; i < 5; i++) await post(app, 100, FLOOD)
    app.streams.endOf('owner')
    await post(app, 5)
    const text = await rest(socket)
    expect(text).toMatch(/\n\nretry: 1000\nevent: end\ndata: timeout\n\n$/)
    expect(text.match(/^id: /gm)?.length).toBeGreaterThan(10)
  })

  test('receives at a shutdown the end and a retry delay, if it soon reads on', async () => {
    const app = await patient()
    const [socket, quick] = [await stalled(app), await firehoseOf(app)]
    await until(() => firehose(app).readers === 2)
    for (let i = 0; i < 5; i++) await post(app, 100, FLOOD)
    const stopped = app.stop()
    await until(() => quick.isOver())
    const text = await rest(socket.setEncoding('utf8'))
    for (const goodbye of [text, quick.text()]) {
      expect(goodbye).toMatch(/event: bridge_stopped\ndata: {}\n\nretry: 1000\nevent: server-restarting\ndata: {"retry_ms":1000}\n\n$/)
    }
    socket.end()
    await stopped
  })

  test('is cut after ten seconds without a byte, and the others with it are not', async () => {
    const app = await served()
    const [slow, quick] = [await stalled(app), await firehoseOf(app)]
    await until(() => firehose(app).readers === 2)
    const since = performance.now()
    for (let i = 0; i < 5; i++) await post(app, 100, FLOOD)
    await until(() => app.streams.size === 1)
    expect(performance.now() - since).toBeGreaterThan(STALL_MS - 100)
    expect([app.streams.cuts, quick.isOver(), slow.destroyed]).toEqual([1, false, false])
  })

  test('that received the end and never closes its side does not keep the connection open', async () => {
    const app = await served()
    const socket = await stalled(app)
    await until(() => app.streams.size === 1)
    app.streams.endOf('owner')
    expect(await rest(socket)).toContain('event: end')
    await until(() => app.streams.size === 0)
  })
})
