// Runs the library once, in any runtime: smoke.js LIBRARY DATA EMPTY_FOLDER; prints the results as JSON.
const [library, data, empty] = process.argv.slice(2)
const { connect, Refused } = await import(library)

const client = connect({ data, source: 'smoke' })
const published = await client.publish('backup.finished', { text: 'é 😀 \u2028 \0' })
// On a busy machine it may go to the disk first; published again under its id, it is the same event.
let automatic
do automatic = await client.publishAuto('backup.finished', { n: 2 }, { source_id: 'automatic' })
while (automatic.seq === undefined)
const refused = await client.publish('task.deleted', {}).catch((error) => error instanceof Refused && error.status)
const { spooled } = await connect({ data: empty, source: 'smoke' }).publishAuto('backup.finished')

const texts = []
const ended = new AbortController()
for await (const { payload, seq } of client.subscribe({ since: '0', kinds: ['backup.'], signal: ended.signal })) {
  texts.push(payload.text)
  if (seq === automatic.seq) ended.abort()
}
client.close()
console.log(JSON.stringify({ published, automatic: automatic.seq, refused, isSpooled: spooled.startsWith(empty), texts }))
