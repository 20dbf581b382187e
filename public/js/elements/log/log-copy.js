import { say } from '../../page/shared.js'

async function copy(view) {
  const answer = await fetch(view.dataset.src.replace('/ui/', '/api/'))
  if (!answer.ok) throw new Error(`the log answered ${answer.status}`)
  await navigator.clipboard.writeText(await answer.text())
}

document.addEventListener('click', ({ target }) => {
  const view = target.closest?.('[data-copy-log]')?.closest('log-view')
  if (!view) return
  copy(view).then(
    () => say('The log is copied.'),
    () => say('Not copied: the browser or the server did not allow it. Download the log instead.'),
  )
})
