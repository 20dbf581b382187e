import { createServer } from 'node:http'
import { connect, type Server } from 'node:net'
import { networkInterfaces } from 'node:os'
import { expect, onTestFinished, test } from 'vitest'
import { Door, HalfTaken } from '../../src/cli/door.ts'

const hasIPv6 = Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === '::1'))

async function opened(host: string, port = 0): Promise<Door> {
  const door = await Door.open(host, port)
  onTestFinished(() => door.close())
  return door
}
const answers = (host: string, port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, host, () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })

async function listening(host: string): Promise<{ server: Server; port: number }> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen({ port: 0, host, ipv6Only: true }, resolve))
  onTestFinished(() => void server.close())
  return { server, port: (server.address() as { port: number }).port }
}

test.skipIf(!hasIPv6).each(['127.0.0.1', '::1', 'localhost'])('with %s the server listens on both loopback addresses', async (host) => {
  const { port } = await opened(host)
  expect([await answers('127.0.0.1', port), await answers('::1', port)]).toEqual([true, true])
})

test.skipIf(!hasIPv6).each([
  ['::1', '127.0.0.1'],
  ['127.0.0.1', '::1'],
])('where another program listens on the port of %s, a start on %s is refused with the reason, and takes nothing', async (taken, host) => {
  const { port } = await listening(taken)
  await expect(Door.open(host, port)).rejects.toThrow(HalfTaken)
  await expect(Door.open(host, port)).rejects.toThrow(`another program listens on port ${port} of ${taken}`)
  expect(await answers(host, port)).toBe(false)
})
