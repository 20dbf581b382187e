// Plain JavaScript: a thread has a TypeScript loader of its own.
import '../../typescript.js'
import { parentPort } from 'node:worker_threads'

const [{ AttemptLog }, { SentOutput }, { errorsIn, findLines, firstLines }] = [
  await import('./attempt-log.ts'),
  await import('./sent-output.ts'),
  await import('./search.ts'),
]

parentPort.on('message', async ({ source, wanted, texts }) => {
  const log = typeof source === 'string' ? new AttemptLog(source) : new SentOutput(source)
  if (texts) parentPort.postMessage(await firstLines(log, texts))
  else parentPort.postMessage(wanted ? await findLines(log, wanted) : errorsIn({ firstLine: log.firstLine, runs: log.read(0) }))
})
parentPort.postMessage('ready')
