// Plain JavaScript: a thread starts without the TypeScript loader and registers its own.
import { fileURLToPath } from 'node:url'
import { parentPort } from 'node:worker_threads'
import { register } from 'tsx/esm/api'

register({ tsconfig: fileURLToPath(new URL('../../tsconfig.json', import.meta.url)) })
const [{ AttemptLog }, { findLines }] = [await import('./attempt-log.ts'), await import('./log-search.ts')]

parentPort.on('message', ({ folder, wanted }) => parentPort.postMessage(findLines(new AttemptLog(folder), wanted)))
parentPort.postMessage('ready')
