import { z } from 'zod'
import { cwd, environment } from '../../input/environment.ts'
import { argument, line, queueName } from '../../input/texts.ts'
import { checkPlaceholders, Params } from './param.ts'

const MOST_STEPS = 100
const MOST_RETRIES = 20

const Step = z.strictObject({
  name: line(100),
  argv: z.array(argument(32_768)).min(1, 'A step needs at least one argument, the program.'),
  needs: z.array(z.string()).default([]),
  queue: queueName.optional(),
  timeout_s: z.int().min(1).optional(),
  retries: z.int().min(0).max(MOST_RETRIES).optional(),
})

export type Step = z.infer<typeof Step>

export const PipelineFile = z
  .strictObject({
    title: line(200).optional(),
    description: z.string().optional(),
    /** Of the steps that name none. */
    queue: queueName.optional(),
    cwd: cwd.optional(),
    env: environment.optional(),
    steps: z.array(Step).min(1, 'A pipeline needs at least one step.').max(MOST_STEPS, `A pipeline has at most ${MOST_STEPS} steps.`),
    params: Params,
  })
  .superRefine(({ steps, params }, context) => {
    const commands = steps.map(({ argv }, i) => ({ path: ['steps', i, 'argv'], argv }))
    checkPlaceholders(commands, params, context)
    checkNeeds(steps, context)
  })

export type PipelineFile = z.infer<typeof PipelineFile>

function checkNeeds(steps: readonly Step[], context: z.RefinementCtx): void {
  const wrong = (path: PropertyKey[], message: string) => context.addIssue({ code: 'custom', path: ['steps', ...path], message })
  const names = new Set<string>()
  for (const [i, { name }] of steps.entries()) {
    if (names.has(name)) wrong([i, 'name'], `Another step is already named ${name}.`)
    names.add(name)
  }
  let known = true
  for (const [i, { needs }] of steps.entries()) {
    for (const [j, need] of needs.entries()) {
      if (names.has(need)) continue
      known = false
      wrong([i, 'needs', j], `There is no step named ${need}.`)
    }
  }
  if (!known || names.size < steps.length) return
  const stuck = startOrder(steps).stuck
  for (const step of stuck) wrong([steps.indexOf(step), 'needs'], `${step.name} can never start, because its needs form or follow a cycle.`)
}

/** The steps in an order in which each comes after those that it needs; `stuck` has those that a cycle holds back. */
export function startOrder(steps: readonly Step[]): { order: Step[]; stuck: Step[] } {
  const order: Step[] = []
  const placed = new Set<string>()
  let rest = [...steps]
  for (;;) {
    const ready = rest.filter(({ needs }) => needs.every((need) => placed.has(need)))
    if (ready.length === 0) return { order, stuck: rest }
    order.push(...ready)
    for (const { name } of ready) placed.add(name)
    rest = rest.filter(({ name }) => !placed.has(name))
  }
}
