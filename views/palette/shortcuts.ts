interface Shortcut {
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

const GO: Record<string, Shortcut> = {
  home: { key: 'g h', title: 'Home', isEverywhere: true },
  tasks: { key: 'g t', title: 'Tasks', isEverywhere: true },
  workers: { key: 'g w', title: 'Workers', isEverywhere: true },
  queues: { key: 'g q', title: 'Queues', isEverywhere: true },
  events: { key: 'g e', title: 'Events', isEverywhere: true },
  settings: { key: 'g s', title: 'Settings', isEverywhere: true },
}

/** All shortcuts. A control has its key in `data-key`, and the page's script clicks the control. */
export const SHORTCUTS: readonly ShortcutGroup[] = [
  {
    title: 'Everywhere',
    keys: [
      { key: 'Ctrl k', title: 'Find a page, task or command (⌘ K on a Mac)', isEverywhere: true },
      { key: '/', title: 'Search', isEverywhere: true },
      { key: 'p', title: 'Pause or resume live updates', isEverywhere: true },
      { key: 't', title: 'Toggle dark mode', isEverywhere: true },
      { key: '?', title: 'Keyboard shortcuts', isEverywhere: true },
    ],
  },
  { title: 'Go to', keys: Object.values(GO) },
  {
    title: 'In a list',
    keys: [
      { key: 'j', title: 'Next row, next task' },
      { key: 'k', title: 'Previous row, previous task' },
      { key: 'u', title: 'Back to the list' },
      { key: 'Enter', title: 'Open the row' },
      { key: 'x', title: 'Select the row' },
      { key: '.', title: 'The row’s actions' },
      { key: 'r', title: 'Retry' },
      { key: 'n', title: 'Show new rows' },
      { key: 'c', title: 'New task' },
    ],
  },
]

/** The key of a panel's page, for its link in the sidebar. */
export const goKey = (name: string): string | undefined => GO[name]?.key
