import { Worker } from 'node:worker_threads'

export class TooSlow extends Error {}

/** The heap of one thread, so that hostile input cannot exhaust the memory of the process. */
const MEMORY_MB = 256

/** Calls the export `name` of `module` in a thread, copying arguments and result. Throws TooSlow after `budgetMs`. */
export function inThread<T>(module: URL, name: string, args: readonly unknown[], budgetMs: number): Promise<T> {
  const worker = new Worker(new URL('./thread.js', import.meta.url), {
    workerData: { module: module.href, name, args },
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
  })
  return new Promise<T>((resolve, reject) => {
    const late = setTimeout(() => reject(new TooSlow(`${name} took longer than ${budgetMs} ms`)), budgetMs)
    worker.once('message', resolve).once('error', reject)
    worker.once('exit', () => {
      clearTimeout(late)
      reject(new Error(`the thread for ${name} ended without a result`))
    })
  }).finally(() => worker.terminate())
}
