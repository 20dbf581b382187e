const KIB = 1024
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

/** `1,284`, with decimals only for small numbers: `0.04`, `3.2`, `412`. */
export function number(value: number): string {
  const digits = Number.isInteger(value) || value >= 100 ? 0 : value >= 1 ? 1 : 2
  return value.toLocaleString('en-US', { maximumFractionDigits: digits })
}

/** `512 B`, `84.2 MiB`. */
export function bytes(value: number): string {
  const power = value < KIB ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log(value) / Math.log(KIB)))
  return `${number(value / KIB ** power)} ${UNITS[power]}`
}
