import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Readable } from 'node:stream'
import type { IPty } from '@lydell/node-pty'
import { Lines } from '../client/lines.js'
import { Marker } from './marker.ts'

/** A line on the standard input of this program, as JSON: bytes in base64, or a new size. */
export type Told = { data: string } | { cols: number; rows: number }

const LINE_CHARACTERS = 1_048_576
const SCRIPT = readFileSync(new URL('terminal.sh', import.meta.url), 'utf8')
const SIZE = { cols: 120, rows: 30 }
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

/** Runs a command in a terminal of its own, whose bytes are this program's output, and ends with the command's exit code. */
async function run(command: readonly string[]) {
  const key = randomBytes(16).toString('hex')
  const terminal = await open(['-c', SCRIPT, 'telltale', key, ...command])
  const marker = new Marker(key)
  obey(process.stdin, terminal)
  process.stdout.on('error', () => process.exit(1)) // its worker is gone
  for (const name of SIGNALS) process.on(name, () => process.kill(-terminal.pid, name))
  terminal.onData((data) => {
    const { bytes, code } = marker.find(data as unknown as Buffer)
    if (!process.stdout.write(bytes)) {
      terminal.pause()
      process.stdout.once('drain', () => terminal.resume())
    }
    if (code === undefined) return
    terminal.write(`${key}\n`)
    end(code)
  })
  terminal.onExit(({ exitCode, signal }) => end(signal ? 128 + signal : exitCode)) // only if its leader was killed
}

function end(code: number) {
  process.stdin.destroy()
  process.stdout.write('', () => process.exit(code))
}

async function open(args: string[]): Promise<IPty> {
  const { spawn } = await import('@lydell/node-pty')
  return spawn('/bin/sh', args, { ...SIZE, name: 'xterm-256color', encoding: null })
}

function obey(input: Readable, terminal: IPty) {
  const lines = new Lines(LINE_CHARACTERS)
  input.on('data', (bytes: Buffer) => {
    for (const line of lines.feed(bytes)) if (line) tell(terminal, JSON.parse(line))
  })
}

function tell(terminal: IPty, told: Told) {
  if ('data' in told)
    terminal.write(Buffer.from(told.data, 'base64') as unknown as string) // it takes bytes, but its types say otherwise
  else terminal.resize(told.cols, told.rows)
}

await run(process.argv.slice(2))
