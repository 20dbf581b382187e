import type { DataState } from '../../src/settings/data.ts'
import type { Setting } from '../../src/settings/retention.ts'
import { Button } from '../ui/form/button.tsx'
import { Copy } from '../ui/form/copy.tsx'
import { FormProblem, type FormState, Input } from '../ui/form/field.tsx'
import { html } from '../ui/html.ts'
import { bytes, number } from '../ui/number.ts'
import { Exact } from '../ui/time.tsx'
import type { Viewer } from '../viewer.ts'
import { Tabs } from './tabs.tsx'

const FIELDS: Record<Setting['id'], { label: string; help: string }> = {
  'keep-tasks': { label: 'Keep ended tasks for', help: 'A task, its attempts and its output are deleted this long after it ends.' },
  'keep-logs': { label: 'Keep output for', help: 'The output of a task is deleted this long after it ends.' },
  'keep-events': { label: 'Keep events for', help: 'Older events are deleted from the log.' },
  'max-data': {
    label: 'Maximum size of all data',
    help: 'Above this size, the oldest output is deleted first, then the oldest tasks and events. With PostgreSQL, only output is deleted.',
  },
}

export interface DataProps {
  state: DataState
  viewer: Viewer
  form?: FormState
  isSaved?: boolean
}

/** What the data folder holds, and how long it is kept. */
export function dataPage({ state, viewer, form = {}, isSaved = false }: DataProps): string {
  const { settings } = state
  const values = { ...Object.fromEntries(settings.map(({ id, value }) => [id, value])), ...form.values }
  return html(
    <div class="settings">
      <h1 class="visually-hidden">Data</h1>
      <Tabs at="/settings/data" viewer={viewer} />
      <form class="form settings-form" method="post" action="/settings/data">
        <p class="muted">
          How long data is kept. Write a time as <code>12h</code>, <code>90d</code>, <code>8w</code>, <code>2y</code> or <code>forever</code>, and a size as{' '}
          <code>500MB</code>, <code>10GB</code> or <code>unlimited</code>.
        </p>
        <FormProblem form={{ ...form, message: problemOf(form) ?? '' }} />
        {settings.some(({ from }) => from !== 'flag') && viewer.may('settings.manage') ? (
          <Editable settings={settings} form={{ ...form, values }} isSaved={isSaved} />
        ) : (
          <ReadOnly settings={settings} />
        )}
      </form>
      <Holds state={state} />
    </div>,
  )
}

/** Names the fields as the page does. */
function problemOf({ fields = {}, message }: FormState): string | undefined {
  const wrong = settingsIn(fields).map((id) => FIELDS[id].label)
  return wrong.length > 0 ? `Not saved. Correct: ${wrong.join(', ')}.` : message
}

const settingsIn = (fields: object) => Object.keys(fields).filter((name): name is Setting['id'] => Object.hasOwn(FIELDS, name))

function Editable({ settings, form, isSaved }: { settings: readonly Setting[]; form: FormState; isSaved: boolean }): JSX.Element {
  const own = settings.filter(({ from }) => from !== 'flag')
  const flagged = settings.filter(({ from }) => from === 'flag')
  return (
    <>
      <div class="form-fields">
        {own.map(({ id, default: standard }) => (
          <Input form={form} of="data" name={id} label={FIELDS[id].label} help={`${FIELDS[id].help} Default: ${standard}.`} mono required />
        ))}
      </div>
      <p class="form-actions">
        <Button label="Save" look="primary" />
        {isSaved ? (
          <span class="settings-kept" role="status">
            Saved. It takes effect within the hour.
          </span>
        ) : (
          ''
        )}
      </p>
      {flagged.length > 0 ? <ReadOnly settings={flagged} /> : ''}
    </>
  )
}

/** A flag overrides the setting, so its value is shown but cannot be edited. */
function ReadOnly({ settings }: { settings: readonly Setting[] }): JSX.Element {
  return (
    <dl class="facts">
      {settings.map(({ id, value, from }) => (
        <div>
          <dt safe>{FIELDS[id].label}</dt>
          <dd>
            <code safe>{value}</code>
            <span class="muted">{from === 'flag' ? ` set by --${id} when the server was started` : from === 'default' ? ' the default' : ''}</span>
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Holds({ state: { folder, database_bytes, free_bytes, disk_free_bytes, events, oldest_at } }: { state: DataState }): JSX.Element {
  return (
    <section class="block" aria-labelledby="data-holds-title">
      <h2 id="data-holds-title">On disk</h2>
      <dl class="facts">
        <div>
          <dt>Data folder</dt>
          <dd>
            <Copy text={folder} label="Copy the path" />
          </dd>
        </div>
        <div>
          <dt>Database</dt>
          <dd>
            <span safe>{bytes(database_bytes)}</span>
            {free_bytes > 0 ? <span class="muted">{` of which ${bytes(free_bytes)} can be used again` as 'safe'}</span> : ''}
          </dd>
        </div>
        <div>
          <dt>Events in the log</dt>
          <dd>
            <span safe>{number(events)}</span>
            {oldest_at === null ? (
              ''
            ) : (
              <span class="muted">
                {' '}
                since <Exact at={oldest_at} />
              </span>
            )}
          </dd>
        </div>
        <div>
          <dt>Free disk space</dt>
          <dd safe>{disk_free_bytes === null ? 'unknown' : bytes(disk_free_bytes)}</dd>
        </div>
      </dl>
    </section>
  )
}
