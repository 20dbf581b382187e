// What a page runs. Each of these starts by itself: one that fails is reported, and does not keep the others from starting.
const behaviours = [
  // First, because the others put markup into the page.
  () => import('./trusted-types.js'),
  () => import('./live.js'),
  () => import('./live-rows.js'),
  () => import('./dom-guards.js'),
  () => import('./live-status.js'),
  () => import('./live-summary.js'),
  () => import('./new-build.js'),
  () => import('./forms.js'),
  () => import('./focus-keeper.js'),
  () => import('./undo-toast.js'),
  () => import('./time-zone.js'),
  () => import('./event-bus.js'),
  () => import('./surfaces.js'),
  () => import('./elements/command-palette.js'),
  () => import('./elements/copy-button.js'),
  () => import('./elements/exact-time.js'),
  () => import('./elements/key-map.js'),
  () => import('./elements/key-sheet.js'),
  () => import('./elements/local-time.js'),
  () => import('./elements/log-attempt.js'),
  () => import('./elements/log-find.js'),
  () => import('./elements/log-view.js'),
  () => import('./elements/menu.js'),
  () => import('./elements/new-rows.js'),
  () => import('./elements/run-strip.js'),
  () => import('./elements/selection-bar.js'),
  () => import('./elements/task-progress.js'),
  () => import('./elements/theme-switch.js'),
]

for (const start of behaviours) start().catch(reportError)
