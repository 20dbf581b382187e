import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder, until } from '../support/server.ts'
import { publisher, upTo } from './servers.ts'

test('a publisher that is killed at any moment leaves whole files only, and none that it had an answer for is missing', async () => {
  let cutOff = 0
  for (const round of upTo(8)) {
    const data = join(temporaryFolder(), 'data')
    const { child, told } = publisher(data, `p${round}`, 100)
    await until(() => told() > 0)
    child.kill('SIGKILL')
    await once(child, 'close')
    const names = readdirSync(join(data, 'inbox/new')).sort()
    const numbers = names.map((name) => JSON.parse(readFileSync(join(data, 'inbox/new', name), 'utf8')).payload.n)
    expect(numbers).toEqual(upTo(names.length))
    expect(names.length).toBeGreaterThanOrEqual(told())
    cutOff += readdirSync(join(data, 'inbox/tmp')).length
  }
  // Else no kill came while files were being written, and this says nothing.
  expect(cutOff).toBeGreaterThan(0)
})
