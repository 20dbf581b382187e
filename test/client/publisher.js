// Publishes numbered events, some at once and then again, until it is told to stop, and says which are safe:
// node publisher.js LIBRARY DATA SOURCE AT_ONCE
const { setTimeout: pause } = await import('node:timers/promises')
const [library, data, source, atOnce] = process.argv.slice(2)
const { connect } = await import(library)

const client = connect({ data, source })
const text = 'x'.repeat(2_000)
let isStopping = false
process.on('SIGTERM', () => {
  isStopping = true
})
for (let n = 0; !isStopping; ) {
  const numbers = Array.from({ length: Number(atOnce) }, () => n++)
  await Promise.all(numbers.map((n) => client.publishAuto('counter.moved', { n, text })))
  console.log(numbers.join('\n'))
  await pause(10)
}
client.close()
