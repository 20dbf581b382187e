import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

/** `lose` forwards a request and drops the response, `stall` sends only its headers, `hold` and `cut` forward nothing. */
export type Fate = 'pass' | 'lose' | 'stall' | 'hold' | 'cut'

export interface Asked {
  path: string
  body: Record<string, unknown>
  key: string | undefined
  fate: Fate
}

export interface Proxy {
  url: string
  /** The requests, oldest first. */
  asked: Asked[]
  /** Sets the behaviour from now on. */
  fate: (asked: Omit<Asked, 'fate'>) => Fate
  /** Breaks every connection, as a server's end does. */
  cut(): void
}

/** A proxy between a worker and the server of `data`, across restarts. */
export async function proxy(data: string): Promise<Proxy> {
  const server = createServer((req, res) => void serve(it, join(data, 'control.sock'), req, res))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const it: Proxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    fate: () => 'pass',
    cut: () => server.closeAllConnections(),
  }
  return it
}

async function serve(it: Proxy, socketPath: string, req: IncomingMessage, res: ServerResponse) {
  const sent = await buffer(req)
  const asked = { path: req.url as string, body: JSON.parse(sent.toString() || '{}'), key: req.headers['idempotency-key'] as string | undefined }
  const fate = it.fate(asked)
  it.asked.push({ ...asked, fate })
  if (fate === 'hold') return
  if (fate === 'cut') return void res.destroy()
  const onward = request({ socketPath, method: req.method, path: req.url, headers: { ...req.headers, host: 'telltale' } }, async (answer) => {
    const body = await buffer(answer).catch(() => undefined)
    if (fate === 'lose' || !body) return res.destroy()
    res.writeHead(answer.statusCode as number, answer.headers)
    if (fate === 'stall') res.flushHeaders()
    else res.end(body)
  })
  onward.on('error', () => res.destroy())
  res.on('close', () => onward.destroy())
  onward.end(sent)
}
