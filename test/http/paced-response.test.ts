import { createServer, get, type IncomingMessage } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { pacedResponse } from '../../src/http/paced-response.ts'
import { until } from '../support/server.ts'

const MEBIBYTE = 1_048_576
/** More than the kernel keeps for two sockets on one machine. */
const LARGE = Buffer.alloc(48 * MEBIBYTE, 'x')
const STALL_MS = 2_000

async function serving() {
  let cuts = 0
  let late = 0
  const sockets: Socket[] = []
  const server = createServer({ ServerResponse: pacedResponse(() => cuts++, STALL_MS) }, (request, response) => {
    if (request.url === '/late') {
      // As for a long poll whose reader gives up: the answer comes when nobody is there any more.
      response.once('close', () => {
        setImmediate(() => {
          response.write('late')
          response.end()
          late++
        })
      })
      return void response.flushHeaders()
    }
    response.end(request.url === '/text' ? LARGE.toString() : request.url === '/small' ? 'small' : LARGE)
  }).on('connection', (socket) => sockets.push(socket))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { port, cuts: () => cuts, late: () => late, waiting: () => sockets.map((socket) => (socket.destroyed ? 0 : socket.writableLength)) }
}

function ask(port: number, path: string, method = 'GET'): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = get({ port, path, method, agent: false }, resolve).on('error', reject)
    onTestFinished(() => void request.destroy())
  })
}

async function lengthOf(response: IncomingMessage, betweenMs = 0): Promise<number> {
  let length = 0
  let pauses = 0
  for await (const chunk of response) {
    length += chunk.length
    if (betweenMs > 0 && length > (pauses + 1) * MEBIBYTE && ++pauses) await pause(betweenMs)
  }
  return length
}

test('a large body is sent as fast as its reader accepts it, and a stalled reader is cut', async () => {
  const server = await serving()
  const silent = await ask(server.port, '/')
  silent.pause()
  silent.on('error', () => {})
  await until(() => server.cuts() === 1)
  expect(Math.max(...server.waiting())).toBeLessThan(MEBIBYTE)
  expect(silent.headers['content-length']).toBe(String(LARGE.length))
})

test('a reader that is slow gets everything, however long it takes', async () => {
  const server = await serving()
  const began = performance.now()
  const response = await ask(server.port, '/text')
  expect(await lengthOf(response, 60)).toBe(LARGE.length)
  expect(performance.now() - began).toBeGreaterThan(STALL_MS)
  expect(server.cuts()).toBe(0)
})

test('a small body and a HEAD are sent normally', async () => {
  const server = await serving()
  expect(await lengthOf(await ask(server.port, '/small'))).toBe(5)
  expect(await lengthOf(await ask(server.port, '/', 'HEAD'))).toBe(0)
})

test('a reader that has left before the response is not counted as one that accepts nothing', async () => {
  const server = await serving()
  const left = await ask(server.port, '/late')
  left.on('error', () => {})
  left.destroy()
  await until(() => server.late() === 1)
  // The control was there later, and is cut.
  const silent = await ask(server.port, '/')
  silent.pause()
  silent.on('error', () => {})
  await until(() => server.waiting().some((bytes) => bytes > 0))
  await until(() => server.waiting().every((bytes) => bytes === 0))
  expect(server.cuts()).toBe(1)
})
