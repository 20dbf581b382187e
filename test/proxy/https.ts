import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { nginxPath } from '../support/machine/nginx.js'

export const NAME = 'box.example.net'

export const hasTls = () => nginxPath() !== undefined && spawnSync('openssl', ['version']).status === 0

/** A self-signed certificate for the name, and the nginx configuration that uses it. */
export function certificate(folder: string) {
  mkdirSync(folder, { recursive: true })
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']
  const made = spawnSync('openssl', [
    'req',
    '-x509',
    ...curve,
    '-nodes',
    '-days',
    '2',
    '-subj',
    `/CN=${NAME}`,
    '-addext',
    `subjectAltName=DNS:${NAME}`,
    '-keyout',
    key,
    '-out',
    cert,
  ])
  if (made.status !== 0) throw new Error(`no certificate was made: ${made.stderr}`)
  return { ca: readFileSync(cert, 'utf8'), lines: `ssl_certificate ${cert}; ssl_certificate_key ${key};` }
}

/** A browser that trusts the certificate and finds the name at the port of the proxy; it keeps one cookie. */
export class Visitor {
  readonly #port: number
  readonly #ca: string
  cookie = ''

  constructor(port: number, ca: string) {
    this.#port = port
    this.#ca = ca
  }

  open(path: string, { method = 'GET', body, headers = {} }: { method?: string; body?: URLSearchParams; headers?: Record<string, string> } = {}) {
    const sent = {
      host: NAME,
      accept: 'text/html',
      ...(this.cookie && { cookie: this.cookie }),
      ...(body && { 'content-type': 'application/x-www-form-urlencoded', origin: `https://${NAME}` }),
      ...headers,
    }
    return new Promise<IncomingMessage>((resolve, reject) => {
      const to = { host: '127.0.0.1', port: this.#port, servername: NAME, ca: this.#ca, path, method, headers: sent, agent: false }
      request(to, resolve).once('error', reject).end(body?.toString())
    })
  }

  /** The whole response. */
  async ask(...args: Parameters<Visitor['open']>) {
    const answer = await this.open(...args)
    return { status: answer.statusCode, headers: answer.headers, body: await text(answer) }
  }
}
