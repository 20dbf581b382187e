import { Icon } from './icon.tsx'

/** Where new rows of a list wait while its reader holds it. Its parent is the list. */
export const NewRows = (): JSX.Element => (
  <new-rows class="new-rows" hidden>
    <button type="button" class="button new-rows-show" data-key="n">
      <Icon name="plus" />
      <span data-words>New rows, show</span>
    </button>
  </new-rows>
)
