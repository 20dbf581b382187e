import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { temporaryFolder, until } from '../support/server.ts'
import { publisher, upTo } from './servers.ts'

test('a killed publisher leaves only whole files, and loses none that was acknowledged', async () => {
  let cutOff = 0
  for (let round = 0; round < 8 || (cutOff === 0 && round < 100); round++) {
    const data = join(temporaryFolder(), 'data')
    const { child, told } = publisher(data, `p${round}`, 100)
    await until(() => told() > 0)
    // Half of the kills fall where they fall, half of them where files were just being written.
    for (let looks = 0; round % 2 === 0 && looks < 10_000 && files(data, 'tmp') === 0; looks++) await setImmediate()
    child.kill('SIGKILL')
    await once(child, 'close')
    const names = readdirSync(join(data, 'inbox/new')).sort()
    const numbers = names.map((name) => JSON.parse(readFileSync(join(data, 'inbox/new', name), 'utf8')).payload.n)
    expect(numbers).toEqual(upTo(names.length))
    expect(names.length).toBeGreaterThanOrEqual(told())
    cutOff += files(data, 'tmp')
  }
  // Else no kill came while files were being written, and this says nothing.
  expect(cutOff).toBeGreaterThan(0)
})

const files = (data: string, folder: string) => readdirSync(join(data, 'inbox', folder)).length
