import type { FirstSteps as Steps } from '../../src/home/home.ts'
import { Copy } from '../ui/form/copy.tsx'
import { Icon } from '../ui/icon.tsx'
import type { Viewer } from '../viewer.ts'

const STEPS: readonly { name: keyof Steps; title: string; verb: string; rest?: string; detail: string }[] = [
  {
    name: 'task',
    title: 'Run something',
    verb: 'run',
    rest: '-- echo hello',
    detail: 'It is queued, a worker runs it, and its output comes back to your shell.',
  },
  {
    name: 'event',
    title: 'Publish an event',
    verb: 'emit',
    rest: `backup.finished '{"files": 12}'`,
    detail: 'From any script, also while this server is down.',
  },
  { name: 'worker', title: 'Add a worker', verb: 'worker', detail: 'On this computer or, with a token, on any other.' },
]

/** First steps for an empty server, ticked as they are done. */
export function FirstSteps({ steps, viewer }: { steps: Steps; viewer: Viewer }): JSX.Element {
  return (
    <section class="first-steps" aria-labelledby="first-steps-title">
      <h2 id="first-steps-title">Get started with three commands</h2>
      <p class="muted">Run them in a shell on this server’s computer, in any folder. Each is ticked once it is done.</p>
      <ol>
        {STEPS.map(({ name, title, verb, rest, detail }) => (
          <li class="first-step" id={`first-step-${name}`} data-done={steps[name] ? 'true' : undefined}>
            <span class="first-step-mark">
              <Icon name={steps[name] ? 'done' : 'queued'} />
              <span class="visually-hidden">{steps[name] ? 'Done:' : 'To do:'}</span>
            </span>
            <div>
              <h3 safe>{title}</h3>
              <p class="first-step-command">
                <Copy text={viewer.command(verb, rest)} label="Copy the command" />
              </p>
              <p class="muted" safe>
                {detail}
              </p>
            </div>
          </li>
        ))}
      </ol>
    </section>
  )
}
