import type { Home } from '../../src/home/home.ts'
import { Icon, type IconName } from '../ui/icon.tsx'
import { number } from '../ui/number.ts'

interface Cell {
  count: string
  isZero: boolean
  words: string
  href: string
  icon: IconName
  tone: string
}

/** How everything is, in one line: each number leads to what it counts. */
export function StatusLine({ home }: { home: Home }): JSX.Element {
  return (
    <nav class="status-line" aria-label="Now">
      <ul>
        {cellsOf(home).map(({ count, isZero, words, href, icon, tone }) => (
          <li>
            <a href={href} data-tone={isZero ? undefined : tone} data-zero={isZero}>
              <Icon name={icon} />
              <strong safe>{count}</strong> <span safe>{words}</span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

function cellsOf({ asking, needs, broken_count, counts, workers }: Home): Cell[] {
  const { idle, busy, starting, draining, lost } = workers
  const online = idle + busy + starting + draining
  const cell = (count: number, words: string, rest: Pick<Cell, 'href' | 'icon' | 'tone'>): Cell => ({
    count: number(count),
    isZero: count === 0,
    words,
    ...rest,
  })
  return [
    cell(asking, asking === 1 ? 'needs you' : 'need you', { href: needs[0]?.all.href ?? '/tasks?state=waiting', icon: 'waiting', tone: 'waiting' }),
    cell(broken_count, 'failed', { href: '/tasks?state=broken', icon: 'failed', tone: 'failed' }),
    cell(counts.claimed + counts.running, 'running', { href: '/tasks?state=running', icon: 'half', tone: 'running' }),
    cell(counts.queued, 'queued', { href: '/tasks?state=queued', icon: 'queued', tone: 'queued' }),
    {
      ...cell(online, online === 1 ? 'worker' : 'workers', { href: '/workers', icon: 'workers', tone: lost > 0 ? 'failed' : 'quiet' }),
      count: lost > 0 ? `${number(online)} of ${number(online + lost)}` : number(online),
    },
  ]
}
