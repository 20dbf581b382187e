import type { Settings } from '../src/settings/settings.ts'
import { PreferencesForm } from './settings/preferences.tsx'
import { Tabs } from './settings/tabs.tsx'
import { Copy } from './ui/form/copy.tsx'
import { html } from './ui/html.ts'
import type { Viewer } from './viewer.ts'

/** This browser's preferences. A form is never swapped. */
export function settingsHead(viewer: Viewer, isKept: boolean): string {
  return html(
    <div class="settings" id="settings-head">
      <h1 class="visually-hidden">Settings</h1>
      <Tabs at="/settings" viewer={viewer} />
      <PreferencesForm viewer={viewer} isKept={isKept} />
    </div>,
  )
}

export function settingsView({ version, build, epoch, runtime, data, environment }: Settings): string {
  return html(
    <section class="block settings-about" aria-labelledby="settings-about-title">
      <h2 id="settings-about-title">About</h2>
      <dl class="facts">
        <div>
          <dt>Version</dt>
          <dd>
            <span safe>{version}</span>
            <span class="muted" safe>{` on Node ${runtime}, build ${build}`}</span>
          </dd>
        </div>
        {environment ? (
          <div>
            <dt>Environment</dt>
            <dd safe>{environment}</dd>
          </div>
        ) : (
          ''
        )}
        <div>
          <dt>Data folder</dt>
          <dd>
            <Copy text={data} label="Copy the path" />
          </dd>
        </div>
        <div>
          <dt>Epoch of the log</dt>
          <dd>
            <code safe>{epoch}</code>
          </dd>
        </div>
        <div>
          <dt>More information at</dt>
          <dd class="settings-links">
            <a href="/hub">Hub</a>
            <a href="/events">Events</a>
            <a href="/metrics">Metrics</a>
          </dd>
        </div>
      </dl>
    </section>,
  )
}
