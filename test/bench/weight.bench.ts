import { type AddressInfo, connect, createServer, type Server as Listener } from 'node:net'
import { type Browser, chromium } from 'playwright'
import { Server } from '../../e2e/support/server.ts'
import { chromiumPath } from '../support/machine/chromium.js'

export const question = 'How much does a page send over the wire, with headers? (Aims: at most 60 kB in 12 requests at first, under 10 kB when repeated.)'

const PAGES = ['/home', '/tasks']
const TASKS = 60

/** The bytes between a browser and the server, including the fetches of workers. */
class Meter {
  readonly #listener: Listener
  #requests: string[] = []
  #bytes = 0

  constructor(port: number) {
    this.#listener = createServer((browser) => {
      const server = connect(port, '127.0.0.1')
      browser.on('data', (chunk) => this.#requests.push(...[...chunk.toString('latin1').matchAll(/^[A-Z]+ (\S+) HTTP/gm)].map(([, url = '']) => url)))
      server.on('data', (chunk) => {
        this.#bytes += chunk.length
      })
      for (const [from, to] of [
        [browser, server],
        [server, browser],
      ] as const) {
        from.pipe(to)
        from.on('error', () => to.destroy())
      }
    })
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#listener.listen(0, '127.0.0.1', resolve))
    return (this.#listener.address() as AddressInfo).port
  }

  /** The bytes since the last call. */
  read() {
    const reading = { requests: this.#requests.length, kB: (this.#bytes / 1000).toFixed(1), urls: this.#requests }
    this.#requests = []
    this.#bytes = 0
    return reading
  }
}

export async function measure() {
  const server = await Server.start()
  for (let i = 1; i <= TASKS; i++) await server.newTask({ title: `Task number ${i}`, queue: `queue-${i % 5}` })
  const meter = new Meter(Number(new URL(server.url).port))
  const browser = await browserThrough(server.url, await meter.listen())
  const storageState = await signIn(browser, await server.link())
  const table: Record<string, object> = {}
  for (const path of PAGES) {
    const context = await browser.newContext({ storageState })
    for (const visit of ['first', 'again']) {
      meter.read()
      const page = await context.newPage()
      await page.goto(server.url + path, { waitUntil: 'load' })
      await page.locator('#event-bus-status[data-state=live]').waitFor()
      const { urls, ...reading } = meter.read()
      if (visit === 'first') console.log(`${path}: ${urls.join(' ')}`)
      table[`${path}, ${visit}`] = reading
      await page.close()
    }
    await context.close()
  }
  await browser.close()
  await server.stop()
  return table
}

async function signIn(browser: Browser, link: string) {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(link)
  await page.waitForURL('**/home')
  const state = await context.storageState()
  await context.close()
  return state
}

/** A browser that connects through the meter. */
function browserThrough(url: string, port: number): Promise<Browser> {
  const path = chromiumPath()
  const rule = `--host-resolver-rules=MAP ${new URL(url).host} 127.0.0.1:${port}`
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return chromium.launch({ args: [rule, ...asRoot], ...(path && { executablePath: path }) })
}
