import { CopyButton } from '../../ui/form/copy.tsx'

/** Text with a copy button. */
export function Code({ text, label, class: className = '' }: { text: string; label: string; class?: string }): JSX.Element {
  return (
    <div class="command" hx-disable>
      <pre class={className || undefined} tabindex={0} role="group" aria-label={label} dir="ltr" safe>
        {text}
      </pre>
      <CopyButton text={text} label={`Copy the ${label.toLowerCase()}`} />
    </div>
  )
}

/** Longer values are fetched separately. */
const MOST_CHARACTERS = 65_536
const OPEN_BELOW = 400

/** A payload or result as JSON, folded if it is long. */
export function Json({ id, title, value, raw }: { id: string; title: string; value: unknown; raw: string }): JSX.Element {
  if (value === null || value === undefined) return ''
  const text = JSON.stringify(value, null, 2)
  return (
    <details class="more" id={id} open={text.length < OPEN_BELOW}>
      <summary safe>{title}</summary>
      <Code text={text.slice(0, MOST_CHARACTERS)} label={title} class="json" />
      {text.length > MOST_CHARACTERS ? (
        <p class="muted">
          Shortened: <a href={raw}>show all as JSON</a>.
        </p>
      ) : (
        ''
      )}
    </details>
  )
}
