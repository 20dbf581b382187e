import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { running, temporaryFolder } from '../support/server.ts'

const SMOKE = fileURLToPath(new URL('smoke.js', import.meta.url))
const LIBRARY = new URL('../../src/client/index.js', import.meta.url).href
/** The arguments with which each runtime runs a file. */
const RUNTIMES = { node: [], bun: [], deno: ['run', '--allow-all'] }

/** This Node and the machine's other runtimes: its own Node, Bun, Deno. */
const found = Object.entries(RUNTIMES).flatMap(([name, args]) => {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'))
  const path = folders.map((folder) => join(folder, name)).find(existsSync)
  return path ? [{ path, args }] : []
})

test.each([{ path: process.execPath, args: [] as string[] }, ...found])('the library works in $path', async ({ path, args }) => {
  const { data } = await running()
  const { stdout } = await promisify(execFile)(path, [...args, SMOKE, LIBRARY, data, join(temporaryFolder(), 'data')])
  expect(JSON.parse(stdout)).toEqual({
    published: { seq: 1, duplicate: false },
    automatic: 2,
    refused: 422,
    isSpooled: true,
    texts: ['é 😀 \u2028 \0', null],
  })
})
