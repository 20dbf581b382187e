import { describe, expect, it } from 'vitest'
import { Ago, Exact, elapsed, exact, relative, wallAt } from '../../views/ui/time.tsx'
import { inZone, zoneNow } from '../../views/ui/zone.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const HOUR = 3_600_000
const DAY = 24 * HOUR

describe('a time is shown in the reader’s zone', () => {
  it.each([
    ['UTC', '20 Nov 22:30', 'yesterday 22:30'],
    ['Asia/Kolkata', '21 Nov 04:00', '13h 30m'],
    ['America/New_York', '20 Nov 17:30', 'yesterday 17:30'],
  ])('in %s', (zone, _, words) => expect(relative(NOW - 13.5 * HOUR, NOW, zone)).toBe(words))

  it('with the date, and with the year where it is another', () => {
    expect(relative(NOW - 9 * DAY, NOW, 'Asia/Tokyo')).toBe('12 Nov 21:00')
    expect(relative(Date.parse('2025-12-31T20:00:00Z'), NOW, 'Asia/Tokyo')).toBe('1 Jan 05:00')
    expect(relative(Date.parse('2025-12-31T20:00:00Z'), NOW, 'UTC')).toBe('31 Dec 2025 20:00')
  })

  it('on the day after the clocks were put back, yesterday is yesterday', () => {
    const [at, now] = [Date.parse('2026-10-24T22:30:00Z'), Date.parse('2026-10-26T00:00:00Z')]
    expect(relative(at, now, 'Europe/Berlin')).toBe('yesterday 00:30')
  })

  it('names September as every browser and server does', () => expect(exact(Date.parse('2026-09-05T00:00:00Z'), 'UTC')).toBe('5 Sep 2026, 00:00:00'))

  it('knows the day of the week', () => expect(['UTC', 'Pacific/Auckland'].map((zone) => wallAt(NOW, zone).weekday)).toEqual(['Sat', 'Sun']))
})

it('is never before now for what has just happened, by whatever clock', () => {
  for (const ahead of [0, 400, 900, 1400]) expect(relative(NOW + ahead, NOW, 'UTC')).toBe('now')
  expect(relative(NOW + 2000, NOW, 'UTC')).toBe('in 2s')
  expect(elapsed(-3000)).toBe('00:00')
})

describe('a view', () => {
  const at = new Date(NOW - 30 * HOUR).toISOString()

  it('renders every time in the zone that it is called in', () => {
    const shown = (zone: string) => inZone(zone, () => [Exact({ at }), Ago({ at, now: NOW })].map((element) => String(element).replace(/<[^>]*>/g, '')))
    expect(shown('UTC')).toEqual(['20 Nov 2026, 06:00:00', 'yesterday 06:00'])
    expect(shown('Asia/Tokyo')).toEqual(['20 Nov 2026, 15:00:00', 'yesterday 15:00'])
  })

  it('leaves the zone as it was, also when it fails', () => {
    const before = zoneNow()
    expect(() =>
      inZone('Asia/Tokyo', () => {
        throw new Error('no')
      }),
    ).toThrow('no')
    expect(zoneNow()).toBe(before)
  })
})
