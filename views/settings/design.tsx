import { html } from '../ui/html.ts'
import type { Viewer } from '../viewer.ts'
import { Buttons, Fields } from './design/controls.tsx'
import { Rows, States } from './design/lists.tsx'
import { Charts, Steps, Times } from './design/pictures.tsx'
import { Specimen } from './design/specimen.tsx'
import { Badges, Colours, Spaces, Types } from './design/words.tsx'

/** Every component of the interface, rendered by the same code as the pages. */
export function designPage(viewer: Viewer): string {
  const { now } = viewer
  return html(
    <div class="settings design">
      <h1>Design</h1>
      <Specimen id="states" title="States" note="Shape, word and colour, in this order. Colour is spent on what deviates; one pill is filled.">
        <Badges />
      </Specimen>
      <Specimen id="colours" title="Colours" note="Raw colours have a light and a dark side; everything else names what they mean.">
        <Colours />
      </Specimen>
      <Specimen id="type" title="Type" note="The system’s own fonts, six sizes, two weights; figures stand under figures.">
        <Types />
      </Specimen>
      <Specimen id="space" title="Space" note="Steps of 4 px; corners of 4 px; the focus ring is 2 px at a distance of 2 px.">
        <Spaces />
      </Specimen>
      <Specimen id="buttons" title="Buttons, menus, copy" note="One primary a page; what cannot be undone stands last and apart.">
        <Buttons />
      </Specimen>
      <Specimen id="fields" title="Fields" note="A label above, help below, and in its place what is wrong.">
        <Fields />
      </Specimen>
      {(['compact', 'comfortable'] as const).map((density) => (
        <Specimen id={density} title={`Rows, ${density}`} note={density === 'compact' ? 'Rows of 32 px, text of 13 px.' : 'Rows of 40 px, text of 14 px.'}>
          <Rows density={density} now={now} />
        </Specimen>
      ))}
      <Specimen id="nothing" title="Empty and error states" note="Nothing says what to do about it; trouble says what failed, and the rest stays.">
        <States />
      </Specimen>
      <Specimen id="time" title="Time" note="As it is read here, in the zone of who reads; exact under the pointer.">
        <Times now={now} zone={viewer.zone} />
      </Specimen>
      <Specimen id="timeline" title="Timeline" note="What happened one after the other, with the time from each to the next.">
        <Steps now={now} />
      </Specimen>
      <Specimen id="charts" title="Charts" note="Zero is a line, unknown is a gap, and what is not over yet is dashed.">
        <Charts />
      </Specimen>
    </div>,
  )
}
