import type { PipelineInContext } from '../../../src/tasks/pipelines/context.ts'
import type { PipelineStep } from '../../../src/tasks/pipelines/steps.ts'
import { isHeld, isSkipped } from '../../../src/tasks/words.ts'
import { domId } from '../../ui/dom-id.ts'
import { attr } from '../../ui/html.ts'
import { Icon } from '../../ui/icon.tsx'
import { Elapsed, Took } from '../../ui/time.tsx'
import { statusOf } from '../status.ts'
import { graphOf } from './graph.ts'

/** The steps as a graph, each a tab of the log; on a phone, one row of tabs. */
export function Pipeline({ pipeline: { steps, shown }, from, now }: { pipeline: PipelineInContext; from: string; now: number }): JSX.Element {
  const { columns, width, height, lines, cuts } = graphOf(steps)
  const query = from ? `?${new URLSearchParams({ from })}` : ''
  return (
    <nav class="pipeline" id="task-steps" aria-label="Steps" data-shown={shown.task.id} data-shown-name={attr(shown.task.step ?? '')} hx-disable>
      <div class="pipeline-graph">
        <svg class="pipeline-lines" width={String(width)} height={String(height)} aria-hidden="true">
          <path d={lines} />
          <path d={cuts} data-tone="failed" />
        </svg>
        {columns.map((column) => (
          <div class="pipeline-column">
            {column.map((step) => (
              <Node step={step} href={`/tasks/${step.id}${query}`} isShown={step.id === shown.task.id} now={now} />
            ))}
          </div>
        ))}
      </div>
    </nav>
  )
}

function Node({ step, href, isShown, now }: { step: PipelineStep; href: string; isShown: boolean; now: number }): JSX.Element {
  const { tone, icon, word } = statusOf(step, now)
  const name = step.step ?? step.id
  return (
    <a
      class="node"
      id={domId('task', step.id, 'node')}
      href={attr(href)}
      title={attr(name)}
      data-tone={tone}
      data-skipped={isSkipped(step)}
      aria-current={isShown ? 'step' : undefined}
    >
      <Icon name={icon} />
      <span class="node-name" dir="auto" safe>
        {name}
      </span>
      <span class="visually-hidden" safe>{`, ${word.toLowerCase()}`}</span>
      <span class="node-time">
        <Time step={step} now={now} />
      </span>
    </a>
  )
}

function Time({ step, now }: { step: PipelineStep; now: number }): JSX.Element {
  const { state, started_at, claimed_at, finished_at } = step
  if (isSkipped(step)) return 'skipped'
  const began = started_at ?? claimed_at
  if (began && isHeld(state)) return <Elapsed at={began} now={now} />
  return began && finished_at ? <Took from={began} to={finished_at} /> : ''
}
