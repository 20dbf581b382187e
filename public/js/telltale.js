// The scripts of every page. One that fails is reported, and does not stop the others.
const behaviours = [
  // First, because the others insert markup.
  () => import('./page/trusted-types.js'),
  () => import('./live/live.js'),
  () => import('./live/share.js'),
  () => import('./rows/rows.js'),
  () => import('./rows/older-rows.js'),
  () => import('./guards/dom-guards.js'),
  () => import('./live/status.js'),
  () => import('./live/summary.js'),
  () => import('./live/new-build.js'),
  () => import('./page/forms.js'),
  () => import('./guards/focus-keeper.js'),
  () => import('./live/undo-toast.js'),
  () => import('./page/time-zone.js'),
  () => import('./live/event-bus.js'),
  () => import('./live/surfaces.js'),
  () => import('./elements/command-palette.js'),
  () => import('./elements/copy-button.js'),
  () => import('./elements/exact-time.js'),
  () => import('./elements/key-map.js'),
  () => import('./elements/key-sheet.js'),
  () => import('./elements/local-time.js'),
  () => import('./elements/menu.js'),
  () => import('./elements/new-rows.js'),
  () => import('./elements/selection-bar.js'),
  () => import('./elements/side-sheet.js'),
  () => import('./elements/task-progress.js'),
  () => import('./elements/theme-switch.js'),
]

for (const start of behaviours) start().catch(reportError)
