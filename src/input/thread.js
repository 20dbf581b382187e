// Plain JavaScript, because each thread needs the TypeScript loader first.
import '../typescript.js'
import { parentPort, workerData } from 'node:worker_threads'

const module = await import(workerData.module)
parentPort.postMessage(await module[workerData.name](...workerData.args))
