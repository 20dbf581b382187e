// Plain JavaScript: a thread has a TypeScript loader of its own.
import '../typescript.js'
import { parentPort, workerData } from 'node:worker_threads'

const module = await import(workerData.module)
parentPort.postMessage(await module[workerData.name](...workerData.args))
