// Plain JavaScript: a thread has a TypeScript loader of its own.
import '../../typescript.js'
import { parentPort } from 'node:worker_threads'

const [{ AttemptLog }, { SentOutput }, { findLines, firstLines }] = [
  await import('./attempt-log.ts'),
  await import('./sent-output.ts'),
  await import('./search.ts'),
]

parentPort.on('message', async ({ source, wanted, texts }) => {
  const log = typeof source === 'string' ? new AttemptLog(source) : new SentOutput(source)
  parentPort.postMessage(texts ? await firstLines(log, texts) : await findLines(log, wanted))
})
parentPort.postMessage('ready')
