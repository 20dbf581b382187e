import { slices } from '../../src/slices.ts'
import { until } from '../../test/support/process.ts'
import type { Server } from './server.ts'

/** The data of a scene: none, a little of everything, very much, or very long texts. */
export const SCENES = ['empty', 'few', 'many', 'long'] as const
export type Scene = (typeof SCENES)[number]

const MANY = 10_000
const AT_ONCE = 50
const LONG = 'Recompute-the-quarterly-allocation-of-every-regional-warehouse-without-a-single-space '.repeat(2)
const RIGHT_TO_LEFT = 'إعادة بناء الفهرس الكامل للمستودع الرئيسي قبل منتصف الليل'
const MIXED = 'שליחת 400 הודעות אל ops@example.test (mail-out, v2.1) ועדכון הרשומות'

/** Fills a server that has one worker: one task succeeds, one fails, one runs, one waits for a worker and one for its hour; resolves when it is so. */
export async function stage(server: Server, scene: Scene) {
  if (scene === 'empty') return
  const wide = scene === 'long'
  const titles = wide ? [LONG, RIGHT_TO_LEFT, MIXED] : ['Rebuild the index', 'Send 400 mails', 'Deploy the shop']
  const queues = wide ? ['a-queue-whose-name-is-as-long-as-such-a-name-may-well-become', 'mail', 'deploy'] : ['ci', 'mail', 'deploy']
  const failing = wide ? `echo ${'connection-refused-by-everybody-'.repeat(6)} >&2; exit 3` : 'echo connection refused >&2; exit 3'
  const commands = ['printf "\\033[32mok\\033[0m building\\n"; seq 1 40', failing, 'echo starts; sleep 600']
  const states = ['succeeded', 'failed', 'running']
  for (let i = 0; i < titles.length; i++) {
    const description = wide ? LONG.repeat(4) : 'Every night, before the backup.'
    const urgency = ['low', 'medium', 'high'][i]
    await post(server, '/api/tasks', {
      title: titles[i],
      command: commands[i],
      queue: queues[i],
      description,
      urgency,
      project: wide ? LONG.slice(0, 60) : 'shop',
    })
    await until(async () => (await server.api('GET', `/api/tasks/t_${i + 1}`)).json.item.state === states[i])
  }
  await post(server, '/api/tasks', { title: 'Nightly backup', command: 'true', queue: 'ops', run_at: new Date(Date.now() + 6 * 3_600_000).toISOString() })
  await post(server, '/api/tasks/views', { name: wide ? LONG.slice(0, 58) : 'Failed mail', search: 'state=failed&q=queue%3Amail' })
  await post(server, '/api/events', {
    source: wide ? LONG.slice(0, 100) : 'nas',
    kind: 'backup.finished',
    payload: { files: 12, note: wide ? LONG : 'all of them' },
  })
  await post(server, '/api/tasks', { title: 'Send the newsletter', command: 'true', queue: queues[1] })
  if (scene === 'many') await crowd(server)
}

/** The pages that show the same in every scene. */
export const FIXED = ['/settings/design', '/api', '/nowhere']

/** Every other kind of page, with content. */
export function pages(scene: Scene): string[] {
  const lists = slices.map(({ noun }) => `/${noun.many}`)
  const always = [...lists, '/workers/w_1', '/settings/data', '/tasks/new', '/tasks?q=state:failed+colour:red']
  if (scene === 'empty') return always
  return [...always, '/tasks/t_1', '/tasks/t_2', '/tasks/t_3', '/tasks?state=failed', '/tasks/confirm?verb=cancel&id=t_3', '/tasks/confirm?verb=delete&match=']
}

async function crowd(server: Server) {
  for (let i = 0; i < MANY; i += AT_ONCE) {
    const batch = Array.from({ length: AT_ONCE }, (_, k) => ({
      title: `Resize picture ${i + k}`,
      command: 'true',
      queue: `q${(i + k) % 7}`,
      run_at: '2099-01-01T00:00:00Z',
    }))
    await Promise.all(batch.map((task) => post(server, '/api/tasks', task)))
  }
}

/** Fails if the scene does not have what its name promises. */
async function post(server: Server, path: string, body: unknown) {
  const { status, json } = await server.api('POST', path, body)
  if (status >= 300) throw new Error(`${path} answered ${status}: ${JSON.stringify(json)}`)
}
