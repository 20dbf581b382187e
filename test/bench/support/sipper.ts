import { get, type IncomingMessage } from 'node:http'
import { createParser } from 'eventsource-parser'
import type { Open } from './contender.ts'
import { answer } from './process.ts'

/** A reader that reads a little every few seconds: less than arrives, but often enough not to be cut. */
const EVERY_MS = 4_000
const SIP_MS = 5

const told = { gaps: 0, dropped: 0, newest: 0, seen: 0 }
let body: IncomingMessage | undefined
let sips: NodeJS.Timeout | undefined

function open({ port, path, headers }: Open): Promise<void> {
  const parser = createParser({
    onEvent({ event, id, data }) {
      if (event === 'gap') {
        told.gaps++
        told.dropped += JSON.parse(data).dropped
      }
      if (id === undefined) return
      told.newest = Number.parseInt(id, 10)
      told.seen++
    },
  })
  sips = setInterval(() => {
    body?.resume()
    setTimeout(() => body?.pause(), SIP_MS)
  }, EVERY_MS)
  return new Promise((resolve) => {
    get({ port, host: '127.0.0.1', path, headers, agent: false }, (answer) => {
      body = answer.setEncoding('utf8').on('data', (chunk) => parser.feed(chunk))
      body.pause()
      resolve()
    })
  })
}

/** Reads the rest. */
async function finish() {
  clearInterval(sips)
  body?.resume()
  for (let before = -1; before !== told.seen; ) {
    before = told.seen
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    body?.resume()
  }
  return told
}

answer({ open, finish })
