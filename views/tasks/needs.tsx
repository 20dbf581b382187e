import type { Asking } from '../../src/tasks/overview/asking.ts'
import { domId } from '../ui/dom-id.ts'
import { Button } from '../ui/form/button.tsx'
import { attr, html } from '../ui/html.ts'
import { Icon } from '../ui/icon.tsx'
import { number } from '../ui/number.ts'
import { Elapsed } from '../ui/time.tsx'
import type { Viewer } from '../viewer.ts'

const ALL = '/tasks?state=waiting'

/** The tasks that wait for a person, on Home: what each asks, and where to answer it. */
export function taskNeeds({ items, total }: { items: readonly Asking[]; total: number }, viewer: Viewer): string {
  return html(
    <ul class="lines">
      {items.map((task) => (
        <Need task={task} viewer={viewer} />
      ))}
      {total > items.length ? (
        <li class="lines-rest">
          <a href={ALL}>{`and ${number(total - items.length)} more` as 'safe'}</a>
        </li>
      ) : (
        ''
      )}
    </ul>,
  )
}

function Need({ task, viewer: { now, may } }: { task: Asking; viewer: Viewer }): JSX.Element {
  const { id, title, prompt, stdin, started_at, reason } = task
  return (
    <li id={domId('task', id, 'needs-you')} class="need" data-tone="waiting">
      <Icon name="waiting" />
      <span class="line-what" hx-disable>
        <span class="visually-hidden">Needs input: </span>
        <a class="row-link" href={`/tasks/${id}`} dir="auto" title={attr(title)} safe>
          {title}
        </a>
        <span class="muted" dir="auto" safe>
          {prompt?.text ?? reason}
        </span>
      </span>
      <span class="line-when number">{started_at ? <Elapsed at={started_at} now={now} /> : ''}</span>
      {stdin !== 'none' && may('tasks.operate') ? <Answer task={task} /> : ''}
    </li>
  )
}

function Answer({ task: { id, prompt, attempt } }: { task: Asking }): JSX.Element {
  const action = `/api/tasks/${id}/input`
  const send = { method: 'post', action, 'hx-post': action, 'hx-target': 'closest .panel', 'hx-swap': 'morph:innerHTML settle:0ms' } as const
  const of = <input type="hidden" name="attempt" value={String(attempt)} />
  return (
    <div class="need-answer">
      {prompt && prompt.choices.length > 0 ? (
        <form {...send} aria-label={attr(`Answers to: ${prompt.text}`)}>
          {of as 'safe'}
          {prompt.choices.map((choice) => (
            <Button label={choice} name="text" value={choice} />
          ))}
        </form>
      ) : (
        ''
      )}
      <form {...send}>
        {of as 'safe'}
        {prompt?.isHidden ? <input type="hidden" name="secret" value="on" /> : ''}
        <input
          id={domId('task', id, 'need-text')}
          name="text"
          type={prompt?.isHidden ? 'password' : 'text'}
          autocomplete="off"
          spellcheck="false"
          placeholder="Answer"
          aria-label={attr(`Answer to: ${prompt?.text ?? id}`)}
        />
        <Button label="Send" />
      </form>
    </div>
  )
}
