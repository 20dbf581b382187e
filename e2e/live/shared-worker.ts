import type { Browser, CDPSession } from 'playwright'
import type { Dashboard } from '../support/dashboard.ts'

/** Ends the shared worker, as a browser that is short of memory does. */
export async function endSharedWorker(reader: Dashboard) {
  const { cdp, targetId } = await find(reader)
  await cdp.send('Target.closeTarget', { targetId })
}

/** Advances the worker's clock; its timers are not affected. */
export async function windSharedWorkerOn(reader: Dashboard, ms: number) {
  const { cdp, targetId } = await find(reader)
  const { sessionId } = await cdp.send('Target.attachToTarget', { targetId, flatten: false })
  const expression = `(() => { const { now } = performance; performance.now = () => now.call(performance) + ${ms} })()`
  const answered = new Promise<string>((resolve) => cdp.once('Target.receivedMessageFromTarget', ({ message }) => resolve(message)))
  await cdp.send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id: 1, method: 'Runtime.evaluate', params: { expression } }) })
  const answer = await answered
  if (/exceptionDetails|"error"/.test(answer)) throw new Error(`the worker's clock was not wound on: ${answer}`)
}

async function find(reader: Dashboard): Promise<{ cdp: CDPSession; targetId: string }> {
  const cdp = await (reader.page.context().browser() as Browser).newBrowserCDPSession()
  const { targetInfos } = await cdp.send('Target.getTargets')
  const worker = targetInfos.find(
    ({ type, url }) => type === 'shared_worker' && url.startsWith(new URL(reader.page.url()).origin) && url.endsWith('/js/live-worker.js'),
  )
  if (!worker) throw new Error('the page has no shared worker')
  return { cdp, targetId: worker.targetId }
}
