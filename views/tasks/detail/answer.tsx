import type { Prompt } from '../../../src/tasks/context/prompt.ts'
import type { Task } from '../../../src/tasks/tasks.ts'
import { domId } from '../../ui/dom-id.ts'
import { Button } from '../../ui/form/button.tsx'
import { attr } from '../../ui/html.ts'
import type { Viewer } from '../../viewer.ts'

const KEYS = { 'ctrl-c': 'Ctrl C', 'ctrl-d': 'Ctrl D', tab: 'Tab', up: '↑', down: '↓' } as const
const NAMES: Record<string, string> = { up: 'Up', down: 'Down' }

interface AnswerProps {
  task: Task
  prompt?: Prompt | null | undefined
  /** The id of the panel that the answer changes. */
  panel: string
  viewer: Viewer
}

/** Where a person answers a running command that takes input. It stays until the task ends, so that typed text does too. */
export function Answer({ task, prompt, panel, viewer }: AnswerProps): JSX.Element {
  const { id, state, status, stdin, attempt } = task
  if (state !== 'running' || stdin === 'none' || !viewer.may('tasks.operate')) return ''
  const isAsking = status === 'waiting-for-input'
  const action = `/api/tasks/${id}/input`
  const form = domId('task', id, 'answer')
  const send = { method: 'post', action, 'hx-post': action, 'hx-target': `#${panel}`, 'hx-swap': 'morph:innerHTML settle:0ms' } as const
  const question = prompt ? `Answer to: ${prompt.text}` : 'Text to send'
  return (
    <answer-box class="answer" data-asking={isAsking} data-hidden={prompt?.isHidden} data-src={action} data-terminal={stdin === 'pty'}>
      <p class="answer-ask">
        <strong>{isAsking ? 'Waiting for your answer' : 'Input'}</strong>
        {prompt ? (
          <span class="muted" dir="auto" safe>
            {prompt.text}
          </span>
        ) : (
          ''
        )}
      </p>
      <form class="answer-form" id={form} {...send}>
        <input type="hidden" name="attempt" value={String(attempt)} />
        <input
          class="answer-field"
          id={`${form}-text`}
          name="text"
          type={prompt?.isHidden ? 'password' : 'text'}
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
          placeholder="Type an answer"
          aria-label={attr(question)}
        />
        <Button label="Send" look="primary" />
      </form>
      <div class="answer-more">
        <form class="answer-keys" aria-label="Keys" {...send}>
          <input type="hidden" name="attempt" value={String(attempt)} />
          {(prompt?.choices ?? []).map((choice) => (
            <Button label={choice} name="text" value={choice} />
          ))}
          {Object.entries(KEYS).map(([key, label]) =>
            stdin === 'pty' || key === 'ctrl-d' ? (
              <button type="submit" class="button" name="key" value={key} aria-label={NAMES[key]}>
                <span>{label}</span>
              </button>
            ) : (
              ''
            ),
          )}
        </form>
        <label class="answer-hide">
          <input type="checkbox" name="secret" id={`${form}-secret`} form={form} checked={prompt?.isHidden} />
          Hide what I type
        </label>
      </div>
    </answer-box>
  )
}
