import { spawn } from 'node:child_process'
import { request } from 'node:http'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { commandLine } from '../../src/config/command.ts'
import { hasScript } from '../support/machine/terminal.js'
import { LAUNCHER, running, temporaryFolder, until } from '../support/server.ts'

const LINK = /(http:\/\/(telltale-[0-9a-f]{10}\.localhost):(\d+))\/in#([\w-]{43})/
const CONTROL_C = '\x03'

/** A server whose standard output is a terminal. */
async function inTerminal() {
  const data = join(temporaryFolder(), 'data')
  const command = `exec '${process.execPath}' '${LAUNCHER}' serve --port 0 --workers 0 --data '${data}'`
  const child = spawn('script', ['--quiet', '--flush', '--return', '--command', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  onTestFinished(async () => {
    child.stdin.write(CONTROL_C)
    await ended
  })
  await until(
    () => /^ {2}Data /m.test(output) || child.exitCode !== null,
    () => output,
  )
  return output
}

/** Opens the link like a browser. Node cannot resolve names below localhost. */
function exchange(host: string, port: number, code: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { host: `${host}:${port}`, 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' }
    request({ host: '127.0.0.1', port, path: '/auth/exchange', method: 'POST', headers, agent: false }, (answer) => {
      resolve(answer.resume().statusCode)
    })
      .once('error', reject)
      .end(JSON.stringify({ code }))
  })
}

test.skipIf(!hasScript())('a server prints a sign-in link on a terminal, and the link works once', async () => {
  const [, , host = '', port = '', code = ''] = LINK.exec(await inTerminal()) ?? []
  expect(host).not.toBe('')
  expect(await exchange(host, Number(port), code)).toBe(200)
  expect(await exchange(host, Number(port), code)).toBe(401)
})

test('a server without a terminal creates and prints no link, and says how to get one', async () => {
  const server = await running()
  expect(server.output()).toContain(`for a link, run ${commandLine(server.data, 'open')}`)
  expect(server.output()).not.toContain('/in#')
  const { body } = await server.client.call<{ url: string }>('POST', '/api/sign-in-links')
  expect(body.url).toMatch(LINK)
  expect(server.output()).not.toContain(LINK.exec(body.url)?.[4])
})
