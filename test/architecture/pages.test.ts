import { isHttp } from './rooms.ts'
import { rule } from './rule.ts'
import type { Source } from './sources.ts'

/** The stream of an open page, which people see. */
const SEEN = ['src/live/page-stream.ts']

const isModel = ({ path }: Source) => path.startsWith('src/') && !isHttp(path) && !SEEN.includes(path)
/** The words of a name: `TASK_PAGE`, `taskPage` and `page-of` all have the word page. */
const words = (name: string) =>
  name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)

rule(
  'a page is what people see: rows are a window',
  (sources) =>
    sources
      .filter(isModel)
      .flatMap(({ path, exports }) =>
        [path, ...exports.map((name) => `${path}: ${name}`)].filter((name) => words(name.split(/[/:]/).at(-1) ?? '').includes('page')),
      ),
  { 'src/log/log.ts': 'export async function page(db, filter) {}' },
  { 'src/tasks/words.ts': 'export const PAGE_SIZE = 50' },
  { 'src/workers/workers.ts': 'export interface WorkerPage { items: [] }' },
  { 'src/tasks/log/page.ts': '' },
)
