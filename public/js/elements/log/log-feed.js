import { askLog, isSameLog } from './log-ask.js'
import { numberOf } from './log-lines.js'

/** A search covers the whole log, so it is repeated no more often than this. */
const LOOK_MS = 1000

/** Loads the part of the log that the reader's place needs. */
export async function load(state, { joins, line, ...part }) {
  const { turn, lines, view } = state
  const answer = await askLog(view.dataset.src, part)
  if (turn !== state.turn || answer.fresh.childElementCount === 0) return
  if (joins) lines.add(answer.fresh, joins, answer)
  else lines.replace(answer.fresh, answer, line)
  if (joins !== 'above') state.take(answer)
}

/** New output is added if the reader is near it, and only counted otherwise. */
export async function grow(state) {
  const { turn, lines, view, list } = state
  const { src, next, line } = view.dataset
  const { extent, isAtEnd } = lines
  const answer = await askLog(src, isAtEnd ? { from: next, line } : { first: extent.last + 1, count: 0 })
  if (src !== view.dataset.src || turn !== state.turn) return
  const { fresh } = answer
  const count = fresh.childElementCount
  const joins = lines.isAtEnd && numberOf(fresh.firstElementChild) <= lines.to + 1
  if (isAtEnd && count > 0 && (state.end.isFollowed || (joins && lines.hasRoom(count)))) {
    // An incomplete last line was shown; it is sent again in full.
    list.querySelector('[data-partial]')?.remove()
    if (joins) lines.add(fresh, 'below', answer)
    else lines.replace(fresh, answer)
    state.take(answer)
  } else lines.grow(answer)
  view.toggleAttribute('data-ended', answer.ended)
  state.end.grew(answer.last - extent.last, answer.last)
}

/** New output may match the search. */
export async function lookAgain(state) {
  const { turn, view, list, wanted } = state
  await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  const answer = turn === state.turn && (await askLog(view.dataset.src, wanted))
  if (turn !== state.turn) return
  // Unchanged lines stay, and with them the selection.
  if (isSameLog(list, answer.fresh)) return state.take(answer)
  const { scrollTop } = list
  state.replace(answer)
  list.scrollTop = scrollTop
}
