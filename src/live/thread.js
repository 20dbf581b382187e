// Plain JavaScript: a thread starts without the TypeScript loader and registers its own.
import { fileURLToPath } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import { register } from 'tsx/esm/api'

register({ tsconfig: fileURLToPath(new URL('../../tsconfig.json', import.meta.url)) })
const module = await import(workerData.module)
parentPort.postMessage(await module[workerData.name](...workerData.args))
