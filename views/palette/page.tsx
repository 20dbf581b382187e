import { Action, Button } from '../ui/form/button.tsx'
import { attr, html } from '../ui/html.ts'
import { Icon } from '../ui/icon.tsx'
import type { Viewer } from '../viewer.ts'
import { type Choice, type ChoiceSection, type Found, Nothing, Title, Words } from './choice.tsx'
import { keySheet } from './keys.tsx'
import type { ShortcutGroup } from './shortcuts.ts'

interface Page extends Found {
  at: string
  placeholder: string
  keys: readonly ShortcutGroup[]
}

/** The palette as a page of links and forms, without commands that need a script. */
export function palettePage({ q, at, sections, placeholder, keys }: Page, viewer: Viewer): string {
  const safeKeys = keySheet(keys, viewer)
  const kept = sections.map(withoutScript).filter(({ choices }) => choices.length > 0)
  return html(
    <div class="palette-page">
      <h1>Commands</h1>
      <form class="search" method="get" action="/palette" role="search">
        <label class="search-box">
          <span class="visually-hidden">Find a page, task or command</span>
          <Icon name="search" />
          <input type="search" name="q" value={attr(q)} placeholder={attr(placeholder)} autocomplete="off" maxlength={200} />
        </label>
        <input type="hidden" name="at" value={attr(at)} />
        <Button label="Find" />
      </form>
      {kept.length === 0 ? <Nothing q={q} /> : ''}
      {kept.map((section) => (
        <section class="block" aria-label={attr(section.title)}>
          <Title section={section} />
          <ul>
            {section.choices.map((choice) => (
              <li>{choice.post ? <Change choice={choice} /> : <Go choice={choice} />}</li>
            ))}
          </ul>
        </section>
      ))}
      <section class="block" id="keys-list" aria-labelledby="keys-list-title">
        <h2 id="keys-list-title">Keyboard shortcuts</h2>
        {safeKeys}
      </section>
    </div>,
  )
}

function withoutScript(section: ChoiceSection): ChoiceSection {
  const choices = section.choices.filter(({ press }) => !press)
  return { ...section, choices, total: section.total - section.choices.length + choices.length }
}

function Go({ choice }: { choice: Choice }): JSX.Element {
  return (
    <a class="palette-option" href={choice.href} hx-disable>
      <Words choice={choice} />
    </a>
  )
}

function Change({ choice: { post = '', title, icon, hasGrace } }: { choice: Choice }): JSX.Element {
  return <Action action={post} label={title} icon={icon} look="plain" {...(hasGrace && { fields: { grace: '1' } })} />
}
