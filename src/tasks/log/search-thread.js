// Plain JavaScript: a thread has a TypeScript loader of its own.
import '../../typescript.js'
import { parentPort } from 'node:worker_threads'

const [{ AttemptLog }, { findLines }] = [await import('./attempt-log.ts'), await import('./search.ts')]

parentPort.on('message', async ({ source, wanted }) => parentPort.postMessage(await findLines(new AttemptLog(source), wanted)))
parentPort.postMessage('ready')
