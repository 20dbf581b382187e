import type { FirstSteps as Steps } from '../../src/home/home.ts'
import { Button } from '../ui/form/button.tsx'
import { Copy } from '../ui/form/copy.tsx'
import { attr } from '../ui/html.ts'
import { Icon } from '../ui/icon.tsx'
import type { Viewer } from '../viewer.ts'

/** Runs for a few seconds, so that its output is seen to arrive. */
const EXAMPLE = 'for i in 1 2 3; do echo step $i; sleep 1; done'

const STEPS: readonly { name: 'task' | 'event' | 'worker'; title: string; verb: string; rest?: string; detail: string }[] = [
  {
    name: 'task',
    title: 'From a shell',
    verb: 'run',
    rest: '-- echo hello',
    detail: 'Runs where you are, and shows the output there and here.',
  },
  {
    name: 'event',
    title: 'From a script',
    verb: 'emit',
    rest: `backup.finished '{"files": 12}'`,
    detail: 'Publishes an event, also while this server is down.',
  },
  { name: 'worker', title: 'Add a worker', verb: 'worker', detail: 'On this computer or, with a token, on any other.' },
]

/** First steps for an empty server, ticked as they are done. */
export function FirstSteps({ steps, viewer }: { steps: Steps; viewer: Viewer }): JSX.Element {
  const isFirst = !steps.task && viewer.may('tasks.shell')
  return (
    <section class="first-steps" aria-labelledby="first-steps-title">
      <h2 id="first-steps-title">{isFirst ? 'Run your first task' : 'First steps'}</h2>
      {isFirst ? <FirstTask runner={steps.runner} /> : ''}
      <ul>
        {STEPS.map(({ name, title, verb, rest, detail }) => (
          <li class="first-step" id={`first-step-${name}`} data-done={steps[name] ? 'true' : undefined}>
            <h3>
              <Icon name={steps[name] ? 'done' : 'queued'} />
              <span class="visually-hidden">{steps[name] ? 'Done:' : 'To do:'}</span> <span safe>{title}</span>
            </h3>
            <div>
              <p class="first-step-command">
                <Copy text={viewer.command(verb, rest)} label="Copy the command" />
              </p>
              <p class="muted" safe>
                {detail}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** A command to start with; Run leads to the task, where its output arrives. */
function FirstTask({ runner }: Pick<Steps, 'runner'>): JSX.Element {
  return (
    <>
      <p class="muted">{runner ? <Runner {...runner} /> : 'No worker is online: the task waits until one is. The last of the commands below starts one.'}</p>
      <form class="first-task" method="post" action="/api/tasks?leads_to=task">
        <input
          name="command"
          class="mono"
          aria-label="Command"
          value={attr(EXAMPLE)}
          required
          maxlength="100000"
          spellcheck="false"
          autocapitalize="off"
          autocomplete="off"
          autofocus
        />
        <Button label="Run" icon="play" look="primary" />
      </form>
    </>
  )
}

function Runner({ id, folder }: { id: string; folder: string | null }): JSX.Element {
  return (
    <>
      Worker <a href={`/workers/${id}`}>{id as 'safe'}</a> is online and runs what you type
      {folder === null ? (
        '.'
      ) : (
        <>
          {' in '}
          <code safe>{folder}</code>.
        </>
      )}
    </>
  )
}
