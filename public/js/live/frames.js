// Parses frames as text arrives. An EventSource knows neither the response's status, nor kinds that it has no listener
// for, nor frames that only move the cursor.
/** Returns a function that parses each piece of text and returns the complete frames, as `{name, data, id}`. */
export function frameReader() {
  let rest = ''
  return (text) => {
    // The text before has no end of a frame, except perhaps its first half.
    const from = Math.max(0, rest.length - 1)
    rest += text
    if (rest.indexOf('\n\n', from) === -1) return []
    const blocks = rest.split('\n\n')
    rest = blocks.pop()
    return blocks.map(frameOf).filter(({ name, id }) => name || id)
  }
}

// Our server ends lines with LF only.
function frameOf(block) {
  const fields = { event: [], data: [], id: [] }
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':')
    fields[line.slice(0, colon)]?.push(line.slice(colon + 1).replace(/^ /, ''))
  }
  return { name: fields.event.at(-1), data: fields.data.join('\n'), id: fields.id.at(-1) }
}
