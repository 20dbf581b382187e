import { attr } from '../html.ts'
import { Icon } from '../icon.tsx'

/** Code with a copy button. */
export function Copy({ text, label }: { text: string; label: string }): JSX.Element {
  return (
    <span class="copy">
      <code safe>{text}</code>
      <CopyButton text={text} label={label} />
    </span>
  )
}

/** Hidden where copying does not work. */
export function CopyButton({ text, label }: { text: string; label: string }): JSX.Element {
  return (
    <copy-button data-copy={attr(text)} hidden>
      <button type="button" class="button" data-look="plain" aria-label={attr(label)} title={attr(label)}>
        <Icon name="copy" class="copy-before" />
        <Icon name="done" class="copy-after" />
      </button>
    </copy-button>
  )
}
