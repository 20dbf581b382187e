import type { App } from '../../live/app.ts'
import { output } from '../log/output.ts'
import type { Task } from '../tasks.ts'
import { lastLine } from './last-line.ts'

const MOST_CHARACTERS = 300
/** `[y/N]`, `(yes/no)`: what a prompt offers. */
const CHOICES = /[[(]\s*([\w-]{1,12}(?:\s*\/\s*[\w-]{1,12}){1,4})\s*[\])]/
const HIDDEN = /\b(passwords?|passphrase|passcode|pin|secret|token|kennwort|passwort)\b/i

export interface Prompt {
  text: string
  choices: readonly string[]
  /** Whether it seems to ask for something that nobody else should see. */
  isHidden: boolean
}

/** What a task that waits for input asks: the beginning of a line that it printed last. Null if it does not wait, or printed nothing. */
export async function promptOf(app: App, { id, state, status, stdin, attempt }: Task): Promise<Prompt | null> {
  if (state !== 'running' || status !== 'waiting-for-input' || stdin === 'none') return null
  const text = await lastLine(await output(app).log(id, attempt))
  return text === '' ? null : readPrompt(text)
}

export function readPrompt(line: string): Prompt {
  const choices =
    CHOICES.exec(line)?.[1]
      ?.split('/')
      .map((choice) => choice.trim()) ?? []
  const text = line.length > MOST_CHARACTERS ? `…${line.slice(-MOST_CHARACTERS)}` : line
  return { text, choices, isHidden: HIDDEN.test(line) }
}
