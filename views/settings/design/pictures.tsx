import { Chart } from '../../ui/chart/chart.tsx'
import { Ago, Elapsed, Exact, Took } from '../../ui/time.tsx'
import { Steps as Timeline } from '../../ui/timeline.tsx'

const DONE = [4, 6, 5, 9, 12, 11, 8, null, null, 7, 9, 4]
const FAILED = [0, 1, 0, 2, 3, 0, 1, null, null, 0, 2, 1]

export function Charts(): JSX.Element {
  const columns = DONE.map((_, i) => ({ name: `12:${String(i * 5).padStart(2, '0')}`, ...(i % 3 === 0 && { mark: `12:${String(i * 5).padStart(2, '0')}` }) }))
  return (
    <Chart
      id="design-chart"
      title="Tasks that ended"
      label="Tasks that ended in each 5 minutes of an hour: at most 15, with a gap of 10 minutes, now 5."
      columns={columns}
      bars={[
        { name: 'Succeeded', meaning: 'succeeded', values: DONE, sum: '75' },
        { name: 'Failed', meaning: 'failed', values: FAILED, sum: '10' },
      ]}
      unit="count"
      isFilling
    />
  )
}

export function Steps({ now }: { now: number }): JSX.Element {
  const at = (seconds: number) => new Date(now - seconds * 1000).toISOString()
  return (
    <Timeline
      steps={[
        { at: at(600), tone: 'queued', icon: 'queued', word: 'Queued', more: 'in mail' },
        { at: at(598), tone: 'running', icon: 'half', word: 'Running', more: 'on w_3' },
        { at: at(540), tone: 'failed', icon: 'failed', word: 'Failed', more: 'exit code 3' },
        { at: at(510), tone: 'running', icon: 'half', word: 'Running', more: 'second try' },
      ]}
      isCounting
      now={now}
    />
  )
}

export function Times({ now, zone }: { now: number; zone: string }): JSX.Element {
  const before = (seconds: number) => new Date(now - seconds * 1000).toISOString()
  return (
    <ul class="specimen-row number">
      {[0, 42, 300, 11_520, 100_000, 800_000, 40_000_000, -240].map((seconds) => (
        <li>
          <Ago at={before(seconds)} now={now} />
        </li>
      ))}
      <li>
        <Elapsed at={before(42)} now={now} />
      </li>
      <li>
        <Took from={before(312)} to={before(0)} />
      </li>
      <li>
        <Exact at={before(0)} />{' '}
        <span class="muted" safe>
          {zone}
        </span>
      </li>
    </ul>
  )
}
