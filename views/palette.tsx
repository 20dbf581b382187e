import { type Choice, type Found, Nothing, Title, Words } from './palette/choice.tsx'
import { attr, html } from './ui/html.ts'
import { Icon } from './ui/icon.tsx'

export { palettePage } from './palette/page.tsx'

const FOUND = 'palette-found'

/** The closed dialogs of every page: palette and shortcuts. Their content is fetched when they open. */
export function Dialogs({ at, placeholder }: { at: string; placeholder: string }): JSX.Element {
  return (
    <>
      <command-palette>
        <dialog class="dialog palette" id="palette" aria-label="Commands" hx-ext="morph">
          <form class="palette-form" method="get" action="/palette">
            <Icon name="search" />
            <input
              type="text"
              name="q"
              placeholder={attr(placeholder)}
              autocomplete="off"
              autocapitalize="off"
              spellcheck="false"
              enterkeyhint="go"
              maxlength={200}
              role="combobox"
              aria-label="Find a page, task or command"
              aria-expanded="true"
              aria-autocomplete="list"
              aria-controls={FOUND}
              hx-get="/ui/palette"
              hx-trigger="palette-open, input changed delay:60ms"
              hx-target={`#${FOUND}`}
              hx-swap="innerHTML settle:0ms"
              hx-include="closest form"
              hx-sync="this:replace"
            />
            <input type="hidden" name="at" value={attr(at)} />
            <Close />
          </form>
          <input type="hidden" name="grace" value="1" data-grace />
          <div class="palette-found" id={FOUND} role="listbox" aria-label="Choices"></div>
        </dialog>
      </command-palette>
      <key-sheet>
        <dialog class="dialog keys-dialog" id="keys" aria-labelledby="keys-title">
          <header class="dialog-head">
            <h2 id="keys-title">Keyboard shortcuts</h2>
            <form method="dialog">
              <Close />
            </form>
          </header>
          <div hx-get="/ui/keys" hx-trigger="keys-open once" hx-swap="innerHTML settle:0ms"></div>
        </dialog>
      </key-sheet>
    </>
  )
}

function Close(): JSX.Element {
  return (
    <button type="submit" formmethod="dialog" class="button" data-look="plain" aria-label="Close" title="Close (Esc)" formnovalidate>
      <Icon name="close" />
    </button>
  )
}

/** Links that open them; without script they lead to a page. */
export function DialogLinks({ at }: { at: string }): JSX.Element {
  return (
    <>
      <a
        class="button palette-link"
        data-look="plain"
        href={`/palette?at=${encodeURIComponent(at)}`}
        data-opens="palette"
        data-key="Ctrl k"
        title="Commands (Ctrl K)"
      >
        <Icon name="command" />
        <span class="visually-hidden">Commands</span>
      </a>
      <a class="button keys-link" data-look="plain" href="/palette#keys-list" data-opens="keys" data-key="?" title="Keyboard shortcuts (?)">
        <Icon name="keyboard" />
        <span class="visually-hidden">Keyboard shortcuts</span>
      </a>
    </>
  )
}

/** The options by section. They contain foreign text, so htmx processes only the changes. */
export function paletteFound({ q, sections }: Found): string {
  if (sections.length === 0) return html(<Nothing q={q} role="option" />)
  return sections
    .map((section, s) => (
      <div role="group" aria-label={attr(section.title)}>
        <Title section={section} />
        {section.choices.map((choice, i) => (
          <Option choice={choice} id={`palette-${s}-${i}`} />
        ))}
      </div>
    ))
    .join('')
}

function Option({ choice, id }: { choice: Choice; id: string }): JSX.Element {
  const { href, opens, post, panel, press, hasGrace } = choice
  const option = { class: 'palette-option', role: 'option', id, tabindex: -1, 'aria-selected': 'false' } as const
  if (href)
    return (
      <a {...option} href={href} data-opens={opens} hx-disable>
        <Words choice={choice} />
      </a>
    )
  const change = post
    ? { 'hx-post': post, 'hx-target': `#${panel}`, 'hx-swap': 'morph:innerHTML settle:0ms', ...(hasGrace && { 'hx-include': '[data-grace]' }) }
    : {}
  return (
    <button {...option} type="button" {...change} data-press={press}>
      <Words choice={choice} />
    </button>
  )
}
