export const RANGES = {
  '1h': { words: 'last hour', minutes: 60, bucket: 1 },
  '6h': { words: 'last 6 hours', minutes: 360, bucket: 5 },
  '24h': { words: 'last 24 hours', minutes: 1440, bucket: 20 },
  '7d': { words: 'last 7 days', minutes: 10_080, bucket: 120 },
} as const
export type Range = keyof typeof RANGES
