// A stream's frames, out of its text as it arrives. An EventSource hears only the names that it was told of, and neither
// the answer's status nor a frame that only moves the cursor: kinds that other programs made up would never be heard.
/** A function to call with each piece of text; it answers the frames that this completes, as `{name, data, id}`. */
export function frameReader() {
  let rest = ''
  return (text) => {
    // The text searched before has no end of a frame, but its last character may be half of one.
    const from = Math.max(0, rest.length - 1)
    rest += text
    if (rest.indexOf('\n\n', from) === -1) return []
    const blocks = rest.split('\n\n')
    rest = blocks.pop()
    return blocks.map(frameOf).filter(({ name, id }) => name || id)
  }
}

// Our server ends a line with LF only.
function frameOf(block) {
  const fields = { event: [], data: [], id: [] }
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':')
    fields[line.slice(0, colon)]?.push(line.slice(colon + 1).replace(/^ /, ''))
  }
  return { name: fields.event.at(-1), data: fields.data.join('\n'), id: fields.id.at(-1) }
}
