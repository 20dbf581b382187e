/** A share of the interval, so that loops that started together drift apart. */
const JITTER = 0.1

/** Calls `act` about every `ms`, never concurrently. The returned function stops the loop and awaits a call in progress. */
export function every(ms: number, act: () => unknown, failed: (error: unknown) => void): () => Promise<void> {
  let timer: NodeJS.Timeout
  let working = Promise.resolve()
  let isStopped = false
  const wait = () => {
    if (!isStopped) timer = setTimeout(look, ms * (1 + JITTER * (Math.random() - 0.5)))
  }
  const look = () => {
    working = (async () => act())()
      .then(() => {}, failed)
      .then(wait)
  }
  wait()
  return async () => {
    isStopped = true
    clearTimeout(timer)
    await working
  }
}
