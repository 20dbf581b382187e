import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { until } from '../support/processes.ts'
import { Site } from './site.ts'

async function start(): Promise<Site> {
  const site = await Site.start()
  site.worker()
  return site
}

const answer = (site: Site, id: string, body: object) => site.server.client.call('POST', `/api/tasks/${id}/input`, body)
const asks = (site: Site, id: string) => until(`${id} waits for input`, async () => (await site.task(id)).status === 'waiting-for-input')

/** A running server removes files meanwhile. */
function holds(path: string, text: string): boolean {
  try {
    return readFileSync(path).includes(text)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

test('a command in a terminal asks, is seen to wait, and goes on with the answer', async () => {
  const site = await start()
  const id = await site.create('printf "Name? "; read -r n; echo "hi $n"', { pty: true })
  await asks(site, id)
  await answer(site, id, { text: 'Ada' })
  expect(await site.become(id, 'succeeded')).toMatchObject({ exit_code: 0 })
  expect(await site.log(id)).toBe('Name? Ada\r\nhi Ada\r\n')
})

test('a command reads from a pipe that stays open', async () => {
  const site = await start()
  const id = await site.create('read -r a; echo "got $a"; cat', { stdin: 'open' })
  await site.become(id, 'running')
  await answer(site, id, { text: 'one' })
  await until('it went on', async () => (await site.log(id)) === 'got one\n')
  await answer(site, id, { text: 'two' })
  await answer(site, id, { key: 'ctrl-d' })
  await site.become(id, 'succeeded')
  expect(await site.log(id)).toBe('got one\ntwo\n')
})

test('what is typed at a hidden prompt is in no file of the server, even if the command prints it', async () => {
  const site = await start()
  const id = await site.create('stty -echo; printf "Password: "; read -r p; stty echo; echo; echo "you said $p"', { pty: true })
  await asks(site, id)
  await answer(site, id, { text: 'open sesame', secret: true })
  await site.become(id, 'succeeded')
  expect(await site.log(id)).toBe('Password: \r\nyou said ***\r\n')
  for (const file of readdirSync(site.data, { recursive: true, withFileTypes: true })) {
    const path = join(file.parentPath, file.name)
    if (file.isFile()) expect([path, holds(path, 'open sesame')]).toEqual([path, false])
  }
})

test('a command without an input still reads the end at once', async () => {
  const site = await start()
  const id = await site.create('read -r a || echo nothing')
  await site.become(id, 'succeeded')
  expect(await site.log(id)).toBe('nothing\n')
})
