import type { PipelineStep } from '../../../src/tasks/pipelines/steps.ts'
import { isBroken } from '../../../src/tasks/words.ts'

const [NODE_WIDTH, NODE_HEIGHT] = [194, 32]
const [COLUMN_GAP, ROW_GAP] = [34, 8]
/** A line turns this far before the node to which it leads. */
const TURN = 17
const RADIUS = 8

export interface Graph {
  /** Each step stands after all that it needs. */
  columns: readonly (readonly PipelineStep[])[]
  width: number
  height: number
  /** SVG paths from each step to those that need it. */
  lines: string
  /** The same from steps that failed. */
  cuts: string
}

/** Depends on the names and needs only, so no step ever moves. */
export function graphOf(steps: readonly PipelineStep[]): Graph {
  const columns = columnsOf(steps)
  const most = Math.max(...columns.map(({ length }) => length))
  const height = heightOf(most)
  const places = new Map<string, Place>()
  for (const [x, column] of columns.entries()) {
    const top = (height - heightOf(column.length)) / 2
    for (const [y, step] of column.entries()) {
      places.set(nameOf(step), { left: x * (NODE_WIDTH + COLUMN_GAP), middle: top + y * (NODE_HEIGHT + ROW_GAP) + NODE_HEIGHT / 2, step })
    }
  }
  const drawn = linksOf(steps).map(([from, to]) => [places.get(from) as Place, places.get(to) as Place] as const)
  const isCut = ([from]: (typeof drawn)[number]) => isBroken(from.step.state)
  const draw = (links: typeof drawn) => links.map(([from, to]) => lineOf(from, to)).join('')
  const width = columns.length * (NODE_WIDTH + COLUMN_GAP) - COLUMN_GAP
  return { columns, width, height, lines: draw(drawn.filter((link) => !isCut(link))), cuts: draw(drawn.filter(isCut)) }
}

interface Place {
  left: number
  middle: number
  step: PipelineStep
}

const nameOf = ({ step, id }: PipelineStep) => step ?? id
const heightOf = (rows: number) => rows * (NODE_HEIGHT + ROW_GAP) - ROW_GAP

function columnsOf(steps: readonly PipelineStep[]): PipelineStep[][] {
  const columns: PipelineStep[][] = []
  const at = new Map<string, number>()
  for (const step of steps) {
    const column = Math.max(-1, ...step.needs.map((need) => at.get(need) ?? -1)) + 1
    at.set(nameOf(step), column)
    columns[column] = [...(columns[column] ?? []), step]
  }
  return columns
}

/** Without those that follow from others: what a step needs through another one. */
function linksOf(steps: readonly PipelineStep[]): [string, string][] {
  const before = new Map<string, Set<string>>()
  for (const step of steps) before.set(nameOf(step), new Set(step.needs.flatMap((need) => [need, ...(before.get(need) ?? [])])))
  const isDirect = (need: string, needs: readonly string[]) => !needs.some((other) => before.get(other)?.has(need))
  return steps.flatMap((step) => step.needs.filter((need) => isDirect(need, step.needs)).map((need): [string, string] => [need, nameOf(step)]))
}

/** Straight to the gap before the other node, and there to its height. */
function lineOf(from: Place, to: Place): string {
  const start = `M${from.left + NODE_WIDTH} ${from.middle}`
  const rise = to.middle - from.middle
  if (rise === 0) return `${start}H${to.left}`
  const radius = Math.min(RADIUS, Math.abs(rise) / 2)
  const way = Math.sign(rise) * radius
  const turn = to.left - TURN
  return `${start}H${turn - radius}q${radius} 0 ${radius} ${way}V${to.middle - way}q0 ${way} ${radius} ${way}H${to.left}`
}
