/** Which rows of a table are kept counted in `counters`, and under what. The SQL is that of both engines. */
export interface Counter {
  /** Names its triggers. */
  name: string
  /** Its rows must have `deleted_at`, which takes them out of the count. */
  table: string
  /** Whether a row counts. */
  counts(row: string): string
  /** The noun, the state and the queue under which a row counts. */
  key(row: string): string
  /** The columns of the key. */
  by: readonly string[]
  /** The columns that decide whether a row counts. */
  decidedBy: readonly string[]
  /** Its rows in `counters`. */
  counters: string
}

/** The values that count, by column; null is one of them. */
type Values = Readonly<Record<string, string | null | readonly string[]>>

interface Counted {
  table: string
  /** The column whose values are counted. */
  state: string
  where?: Values
  /** A column that splits the counts. */
  queue?: string
}

/** Counts the rows of a table by state, under the table's name or another noun. */
export const counted = ({ table, state, where = {}, queue }: Counted, noun = table): Counter => ({
  name: noun === table ? `${table}_counted` : `${table}_${noun}`,
  table,
  counts: (row) => conditions(row, where).join(' AND '),
  key: (row) => `'${noun}', ${row}.${state}, ${queueOf(row, queue)}`,
  by: [state, ...(queue ? [queue] : [])],
  decidedBy: ['deleted_at', ...Object.keys(where)],
  counters: `noun = '${noun}'`,
})

interface Some {
  table: string
  where: Values
  /** Columns that have any value. */
  having?: readonly string[]
  /** A column that splits the counts. */
  queue?: string
}

/** Counts the rows with these values under `noun`, by table. */
export const countedAs = (noun: string, { table, where, having = [], queue }: Some, name = `${table}_${noun}`): Counter => ({
  name,
  table,
  counts: (row) => [...conditions(row, where), ...having.map((column) => `${row}.${column} IS NOT NULL`)].join(' AND '),
  key: (row) => `'${noun}', '${table}', ${queueOf(row, queue)}`,
  by: queue ? [queue] : [],
  decidedBy: ['deleted_at', ...Object.keys(where), ...having],
  counters: `noun = '${noun}' AND state = '${table}'`,
})

/** Counts the rows that wait for a person, for the badge of Home. */
export const waiting = (some: Some): Counter => countedAs('attention', some, `${some.table}_waiting`)

const conditions = (row: string, where: Values) => [
  `${row}.deleted_at IS NULL`,
  ...Object.entries(where).map(([column, values]) => isOneOf(`${row}.${column}`, values)),
]

function isOneOf(column: string, values: string | null | readonly string[]): string {
  if (values === null) return `${column} IS NULL`
  if (typeof values === 'string') return `${column} IS NOT DISTINCT FROM '${values}'`
  return `(${values.map((value) => isOneOf(column, value)).join(' OR ')})`
}

const queueOf = (row: string, queue: string | undefined) => (queue ? `${row}.${queue}` : "''")

/** After which changes of a row its counter moves. */
export const triggersOf = ({ name, table, counts, by, decidedBy }: Counter) => ({
  in: { name: `${name}_in`, after: `AFTER INSERT ON ${table}`, when: counts('NEW') },
  on: {
    name: `${name}_on`,
    after: `AFTER UPDATE OF ${[...decidedBy, ...by].join(', ')} ON ${table}`,
    when: [`(${counts('OLD')}) <> (${counts('NEW')})`, ...by.map((column) => `OLD.${column} <> NEW.${column}`)].join(' OR '),
  },
})

/** A counter that has gone down to 0 stays: it shows that there once were such rows. */
export const recount = ({ table, counts, key, counters }: Counter) => `
  UPDATE counters SET value = 0 WHERE ${counters};
  INSERT INTO counters SELECT ${key('counted')}, count(*) FROM ${table} AS counted WHERE ${counts('counted')} GROUP BY 1, 2, 3
  ON CONFLICT (noun, state, queue) DO UPDATE SET value = excluded.value;`
