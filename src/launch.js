#!/usr/bin/env node
// Plain JavaScript, so that an old Node can read it and refuse in one line, before a native module crashes it.
const OLDEST_NODE = 24

const major = Number(process.versions.node.split('.')[0])
if (major < OLDEST_NODE) {
  console.error(`telltale: needs Node ${OLDEST_NODE} or newer, and this is ${process.versions.node}.`)
  process.exitCode = 1
} else {
  await import('./typescript.js')
  const { main } = await import('./main.ts')
  await main(process.argv.slice(2))
}
