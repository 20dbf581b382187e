import { attr } from '../html.ts'
import { Icon } from '../icon.tsx'

/** Code with a copy button, which is hidden where copying does not work. */
export function Copy({ text, label }: { text: string; label: string }): JSX.Element {
  return (
    <span class="copy">
      <code safe>{text}</code>
      <copy-button data-copy={attr(text)} hidden>
        <button type="button" class="button" data-look="plain" aria-label={label} title={label}>
          <Icon name="copy" class="copy-before" />
          <Icon name="done" class="copy-after" />
        </button>
      </copy-button>
    </span>
  )
}
