import { describe, expect, it } from 'vitest'
import { Chart } from '../../views/ui/chart/chart.tsx'
import { barPaths, knownPath, linePath } from '../../views/ui/chart/paths.ts'
import { RunStrip } from '../../views/ui/chart/run-strip.tsx'
import { FORMATS, scaleOf } from '../../views/ui/chart/scale.ts'
import type { ChartProps } from '../../views/ui/chart/series.ts'
import { timeColumns } from '../../views/ui/chart/time-axis.ts'
import { inZone } from '../../views/ui/zone.ts'
import { tagsIn } from './markup.ts'

const series = (values: (number | null)[], meaning: 'failed' | 'succeeded' | 'created' = 'succeeded') => ({ name: meaning, meaning, values })
const chart = (some: Partial<ChartProps>): string =>
  String(
    Chart({
      id: 'c',
      title: 'Tasks <b>',
      label: 'Two & three',
      columns: [{ name: '12:00' }, { name: '12:01', mark: '12:01' }],
      unit: 'count',
      isFilling: true,
      ...some,
    }),
  )

describe('the picture', () => {
  it('draws one path a series, and the column that is filling apart', () => {
    const html = chart({ bars: [series([1, 2], 'failed'), series([3, 4])], lines: [series([4, 6], 'created')] })
    const paths = tagsIn(html).filter(({ name }) => name === 'path')
    expect(paths.map(({ attributes }) => attributes.get('class') ?? 'series')).toEqual([
      'chart-grid',
      'chart-zero',
      'series',
      'chart-filling',
      'series',
      'chart-filling',
      'series',
      'chart-filling',
    ])
  })

  it('says what it shows in a sentence, has no style of its own, and escapes what it is given', () => {
    const html = chart({ lines: [series([1, 2])] })
    expect(html).toContain('role="img" aria-label="Two &amp; three"')
    expect(tagsIn(html).filter(({ name, attributes }) => name === 'b' || attributes.has('style'))).toEqual([])
    expect(html).toContain('Tasks &lt;b>')
  })

  it('has its numbers in a table, newest first, a dash where nothing is known, and no row before the first that is', () => {
    const columns = ['11:59', '12:00', '12:01', '12:02'].map((name) => ({ name }))
    const html = chart({ columns, lines: [series([null, 5, null, 1234])] })
    const cells = [...html.matchAll(/<(?:td|th scope="row")[^>]*>(.*?)<\/t[dh]>/gs)].map(([, cell = '']) => cell.replace(/<[^>]*>/g, '').trim())
    expect(cells).toEqual(['12:02', '1,234', '12:01', '–', '12:00', '5'])
  })
})

describe('a gap is not a zero', () => {
  const { y } = scaleOf([series([0, 4])], [], 'count')

  it('has no baseline, where a zero has one', () => {
    expect(knownPath([series([null, 0, 2])], 3)).toBe('M10 100h10M20 100h10')
  })

  it('breaks a line, and leaves a dot between two gaps', () => {
    const path = linePath([1, 2, null, 3, null, null], y, 'all')
    expect(path.match(/M/g)).toHaveLength(2)
    expect(path).toMatch(/M35,[\d.]+Z$/)
  })

  it('draws no bar, as a zero does not', () => expect(barPaths([series([null, 0, 2])], y, false)[0]?.whole.match(/M/g)).toHaveLength(1))
})

it('stacks each series on the one before it', () => {
  const { y } = scaleOf([series([1]), series([3])], [], 'count')
  expect(barPaths([series([1], 'failed'), series([3])], y, false).map(({ whole }) => whole)).toEqual(['M1.5 100V75h7V100z', 'M1.5 75V0h7V75z'])
})

describe('the axis', () => {
  it.each([
    ['count', 0, ['0', '1']],
    ['count', 2, ['0', '1', '2']],
    ['count', 47, ['0', '20', '40', '60']],
    ['ms', 200_000, ['0', '2m', '4m']],
    ['ms', 45, ['0 ', '20 ms', '40 ms', '60 ms']],
    ['share', 0.3, ['0 %', '50 %', '100 %']],
  ] as const)('of %s up to %d has few round marks', (unit, most, marks) => {
    const { steps } = scaleOf([series([most])], [], unit)
    expect(steps.map(FORMATS[unit])).toEqual(marks.map((mark) => mark.trimEnd()))
  })

  it('of time is marked where a round time of the reader begins, whatever their zone', () => {
    const at = Array.from({ length: 72 }, (_, i) => Date.parse('2026-11-20T12:20:00Z') + i * 20 * 60_000)
    const marks = (zone: string) => inZone(zone, () => timeColumns(at, '24h').flatMap(({ mark }) => mark ?? []))
    expect(marks('UTC')).toEqual(['16:00', '20:00', '00:00', '04:00', '08:00', '12:00'])
    expect(marks('Asia/Kolkata')).toEqual(['20:00', '00:00', '04:00', '08:00', '12:00', '16:00'])
  })
})

it('a strip of runs is links, each with its words', () => {
  const html = String(RunStrip({ ticks: [{ href: '/tasks/t_1', result: 'failed', words: 't_1 failed, took 4 s', isCurrent: false }] }))
  expect(html).toMatch(/<a class="tick" href="\/tasks\/t_1" data-result="failed"[^>]*>.*t_1 failed, took 4 s/s)
})
