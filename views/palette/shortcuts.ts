export interface Shortcut {
  /** One key, or a sequence: `g t`. */
  key: string
  title: string
  /** True if its control is on every page. */
  isEverywhere?: boolean
}

export interface ShortcutGroup {
  title: string
  keys: readonly Shortcut[]
}

const EVERYWHERE: readonly Shortcut[] = [
  { key: 'Ctrl k', title: 'Find a page, task or command (⌘ K on a Mac)', isEverywhere: true },
  { key: '/', title: 'Search', isEverywhere: true },
  { key: 'p', title: 'Pause or resume live updates', isEverywhere: true },
  { key: 't', title: 'Toggle dark mode', isEverywhere: true },
  { key: '?', title: 'Keyboard shortcuts', isEverywhere: true },
]

const IN_A_LIST: readonly Shortcut[] = [
  { key: 'j', title: 'Next row, next item' },
  { key: 'k', title: 'Previous row, previous item' },
  { key: 'u', title: 'Back to the list' },
  { key: 'Enter', title: 'Open the row' },
  { key: 'x', title: 'Select the row' },
  { key: '.', title: 'The row’s actions' },
  { key: 'n', title: 'Show new rows, next match in a log' },
]

/** All shortcuts. A control has its key in `data-key`, and the page's script clicks the control. `pages` are those that have a key, `more` the slices' own. */
export const shortcuts = (pages: readonly Shortcut[], more: readonly Shortcut[]): readonly ShortcutGroup[] => [
  { title: 'Everywhere', keys: [...EVERYWHERE, ...more.filter(({ isEverywhere }) => isEverywhere)] },
  { title: 'Go to', keys: pages },
  { title: 'In a list', keys: [...IN_A_LIST, ...more.filter(({ isEverywhere }) => !isEverywhere)] },
]
