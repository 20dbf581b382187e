import { connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

const AUTHENTICATED = Buffer.from('520000000800000000', 'hex')
const READY = Buffer.from('5a0000000549', 'hex')
const HEAD = 5
const PROTOCOL_3 = Buffer.from([0, 3, 0, 0])

/** As PgBouncer in transaction mode: all clients take turns on one connection to the server. Returns its port. */
export async function startPooler(port: number, startup: Record<string, string>): Promise<number> {
  const server = connect(port, '127.0.0.1')
  const waiting: { client: Socket; query: Buffer }[] = []
  let isBusy = true
  const next = () => {
    isBusy = waiting.length > 0
    if (waiting[0]) server.write(waiting[0].query)
  }
  const fields = Buffer.from(`${Object.entries(startup).flat().join('\0')}\0\0`)
  server.write(sized(Buffer.concat([PROTOCOL_3, fields])))
  let isStarting = true
  server.on(
    'data',
    messages((message) => {
      if (!isStarting) waiting[0]?.client.write(message)
      if (!message.equals(READY)) return
      if (!isStarting) waiting.shift()
      isStarting = false
      next()
    }),
  )
  const clients = new Set<Socket>()
  const pooler = createServer((client) => {
    clients.add(client.on('error', () => client.destroy()))
    client.once('data', () => {
      client.write(Buffer.concat([AUTHENTICATED, READY]))
      client.on(
        'data',
        messages((query) => {
          if (query[0] !== 'Q'.charCodeAt(0)) return client.end()
          waiting.push({ client, query })
          if (!isBusy) next()
        }),
      )
    })
  })
  await new Promise<void>((resolve) => pooler.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    pooler.close()
    for (const socket of [server, ...clients]) socket.destroy()
  })
  return (pooler.address() as { port: number }).port
}

const sized = (body: Buffer) => {
  const size = Buffer.alloc(4)
  size.writeInt32BE(body.length + 4)
  return Buffer.concat([size, body])
}

/** Cuts a stream of bytes into messages: a byte for its type, its length, the rest. */
function messages(found: (message: Buffer) => void): (bytes: Buffer) => void {
  let left = Buffer.alloc(0)
  return (bytes) => {
    left = Buffer.concat([left, bytes])
    while (left.length >= HEAD && left.length >= 1 + left.readInt32BE(1)) {
      const end = 1 + left.readInt32BE(1)
      found(left.subarray(0, end))
      left = left.subarray(end)
    }
  }
}
