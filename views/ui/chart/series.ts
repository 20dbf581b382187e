/** The meaning of a series, which gives its colour in the stylesheet. */
export type Meaning = 'created' | 'succeeded' | 'failed' | 'other' | 'mean' | 'most' | 'busy'

/** A number, a duration, or a share of the whole. */
export type Unit = 'count' | 'ms' | 'share'

export interface Series {
  name: string
  meaning: Meaning
  /** One per column; null is unknown, which is not zero. */
  values: readonly (number | null)[]
  /** The figure in the legend, with its link. */
  sum?: string
  href?: string
}

export interface Column {
  name: string
  /** The mark on the axis. */
  mark?: string
  href?: string
}

export interface ChartProps {
  id: string
  title: string
  /** A description for screen readers. */
  label: string
  /** Oldest first. */
  columns: readonly Column[]
  /** Stacked. */
  bars?: readonly Series[]
  lines?: readonly Series[]
  unit: Unit
  /** The last column is still filling, and drawn dashed, so that it does not look like a drop. */
  isFilling: boolean
}
