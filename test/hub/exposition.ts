/** One sample of the text format: its name with its labels as they stand, and its value. */
export interface Sample {
  name: string
  labels: string
  value: number
  type: string
}

const COMMENT = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)$/
const SAMPLE = /^([a-zA-Z_:][\w:]*)(\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)*\})? (\S+)$/
const TYPES = ['counter', 'gauge', 'histogram', 'summary']
const PARTS: Record<string, RegExp> = { histogram: /_(bucket|sum|count)$/, summary: /_(sum|count)$/ }

/** Reads Prometheus text 0.0.4. Throws for a sample with no HELP or TYPE before it, a second one, or a counter whose name does not say so. */
export function samplesOf(text: string): Sample[] {
  const help = new Set<string>()
  const types = new Map<string, string>()
  const samples = new Map<string, Sample>()
  for (const line of text.split('\n').filter(Boolean)) {
    const [, word, about = '', rest = ''] = COMMENT.exec(line) ?? []
    if (word === 'HELP') once(help, about)
    else if (word === 'TYPE') setType(types, about, rest)
    else {
      const sample = sampleOf(line, types)
      const family = familyOf(sample)
      if (!help.has(family)) throw new Error(`${family} has no HELP`)
      if (samples.has(sample.name + sample.labels)) throw new Error(`twice: ${line}`)
      samples.set(sample.name + sample.labels, sample)
    }
  }
  if (!text.endsWith('\n')) throw new Error('the last line does not end')
  return [...samples.values()]
}

function sampleOf(line: string, types: ReadonlyMap<string, string>): Sample {
  const [, name = '', labels = '', value = ''] = SAMPLE.exec(line) ?? []
  if (!name || (Number.isNaN(Number(value)) && !['NaN', 'Nan', '+Inf', '-Inf'].includes(value))) throw new Error(`this is no sample: ${line}`)
  const found = [...types].find(([family, type]) => family === name || (PARTS[type]?.test(name) && name.replace(PARTS[type], '') === family))
  if (!found) throw new Error(`${name} has no TYPE`)
  if (found[1] === 'counter' && !name.endsWith('_total')) throw new Error(`the counter ${name} does not end in _total`)
  return { name, labels, value: Number(value), type: found[1] }
}

const familyOf = ({ name, type }: Sample): string => (PARTS[type] ? name.replace(PARTS[type], '') : name)

function setType(types: Map<string, string>, name: string, type: string) {
  if (types.has(name) || !TYPES.includes(type)) throw new Error(`TYPE ${name} ${type}`)
  types.set(name, type)
}

function once(set: Set<string>, name: string) {
  if (set.has(name)) throw new Error(`HELP of ${name} stands twice`)
  set.add(name)
}
