// A toast with an undo for each scheduled act of this page.
import { release } from '../page/in-hand.js'
import { say } from '../page/say.js'
import { source } from './source.js'

const WORDS = { cancel: 'will be cancelled', delete: 'will be deleted' }
const LONGEST_TITLE = 40
/** Keeps the direction of a title from affecting the sentence. */
const isolated = (text) => `\u2068${text}\u2069`
const shown = new Map()

document.addEventListener('telltale:scheduled', ({ detail: { id, act, act_at, title } }) => {
  shown.get(id)?.()
  const name = title.length > LONGEST_TITLE ? `${title.slice(0, LONGEST_TITLE)}…` : title
  const end = say(`“${isolated(name)}” (${id}) ${WORDS[act]}.`, { action: 'Undo', act: () => undo(id) })
  shown.set(id, end)
  const skew = source.skew
  setTimeout(() => shown.get(id) === end && close(id), Date.parse(act_at) - Date.now() - skew)
})

document.addEventListener('telltale:acknowledged', ({ detail: { ids } }) => {
  const words = ids.length > 1 ? `${ids.length} failures acknowledged.` : `The failure of ${ids[0]} is acknowledged.`
  const end = say(words, { action: 'Undo', stays: false, act: () => [end(), unacknowledge(ids)] })
})

function unacknowledge(id) {
  const body = JSON.stringify({ verb: 'unacknowledge', id })
  fetch('/api/tasks/bulk', { method: 'POST', headers: { Accept: 'application/json', 'Content-Type': 'application/json' }, body }).catch(() =>
    say('Not undone: the server cannot be reached.'),
  )
}

function close(id) {
  shown.get(id)?.()
  shown.delete(id)
}

// The row has an undo button as well.
document.addEventListener('htmx:afterRequest', ({ detail: { successful, pathInfo } }) => {
  const id = pathInfo?.requestPath?.match(/^\/api\/tasks\/(t_\d+)\/undo$/)?.[1]
  if (id && successful) close(id)
})

async function undo(id) {
  close(id)
  try {
    const answer = await fetch(`/api/tasks/${id}/undo`, { method: 'POST', headers: { Accept: 'application/json' } })
    // Closing the toast returned the focus to the row, which must show that.
    release(document.querySelector(`tr[data-id="${id}"]`))
    if (answer.ok) say(`${id} stays as it was.`)
    else say((await answer.json()).detail)
  } catch {
    say('Not undone: the server cannot be reached.')
  }
}
