import { html } from '../ui/html.ts'
import type { Viewer } from '../viewer.ts'
import type { ShortcutGroup } from './shortcuts.ts'

/** All shortcuts, with the switch that turns them off. */
export function keySheet(groups: readonly ShortcutGroup[], { preferences }: Viewer): string {
  return html(
    <div class="keys-sheet">
      <div class="keys-groups">{groups.map(Group)}</div>
      <label class="keys-switch">
        <input type="checkbox" data-keys-switch checked={preferences.keys !== 'off'} autocomplete="off" />
        <span>Use single-key shortcuts</span>
      </label>
      <p class="muted">They are off while you type and in dialogs. Each has a matching button or link.</p>
    </div>,
  )
}

function Group({ title, keys }: ShortcutGroup): JSX.Element {
  return (
    <section class="keys-group">
      <h3 safe>{title}</h3>
      <dl>
        {keys.map(({ key, title }) => (
          <div>
            <dt>
              <Keys of={key} />
            </dt>
            <dd safe>{title}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

/** `g t` is one key after the other, `Ctrl k` both at once. */
export function Keys({ of }: { of: string }): JSX.Element {
  return (
    <span class="keys">
      {of.split(' ').map((key) => (
        <kbd safe>{key.length === 1 && of.startsWith('Ctrl') ? key.toUpperCase() : key}</kbd>
      ))}
    </span>
  )
}
