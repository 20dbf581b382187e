import type { Choice, Found, Section } from '../../src/palette/palette.ts'
import { Action, Button } from '../ui/form/button.tsx'
import { attr, html } from '../ui/html.ts'
import { Icon } from '../ui/icon.tsx'
import type { Viewer } from '../viewer.ts'
import { iconOf, Nothing, PLACEHOLDER, TITLES, Title, Words } from './choice.tsx'
import { keySheet } from './keys.tsx'

/** The palette as a page of links and forms, without commands that need a script. */
export function palettePage({ q, at, sections }: Found & { at: string }, viewer: Viewer): string {
  const safeKeys = keySheet(viewer)
  const kept = sections.map(withoutScript).filter(({ choices }) => choices.length > 0)
  return html(
    <div class="palette-page">
      <h1>Commands</h1>
      <form class="search" method="get" action="/palette" role="search">
        <label class="search-box">
          <span class="visually-hidden">Find a page, task or command</span>
          <Icon name="search" />
          <input type="search" name="q" value={attr(q)} placeholder={PLACEHOLDER} autocomplete="off" maxlength={200} />
        </label>
        <input type="hidden" name="at" value={attr(at)} />
        <Button label="Find" />
      </form>
      {kept.length === 0 ? <Nothing q={q} /> : ''}
      {kept.map((section) => (
        <section class="block" aria-label={TITLES[section.name]}>
          <Title section={section} />
          <ul>
            {section.choices.map((choice) => (
              <li>{choice.post ? <Change choice={choice} /> : <Go choice={choice} now={viewer.now} />}</li>
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

function withoutScript(section: Section): Section {
  const choices = section.choices.filter(({ press }) => !press)
  return { ...section, choices, total: section.total - section.choices.length + choices.length }
}

function Go({ choice, now }: { choice: Choice; now: number }): JSX.Element {
  return (
    <a class="palette-option" href={choice.href} hx-disable>
      <Words choice={choice} now={now} />
    </a>
  )
}

function Change({ choice: { post = '', title, icon, hasGrace } }: { choice: Choice }): JSX.Element {
  return <Action action={post} label={title} icon={iconOf(icon)} look="plain" {...(hasGrace && { fields: { grace: '1' } })} />
}
