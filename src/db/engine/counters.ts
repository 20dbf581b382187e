interface Counted {
  table: string
  /** The column whose values are counted. */
  state: string
  /** A column that splits the counts. */
  queue?: string
}

/**
 * SQL that keeps the rows of a table counted by state, under the table's name. Every row must have `deleted_at`, which
 * takes it out of the count.
 */
export function counted({ table, state, queue }: Counted): string {
  const by = (row: string) => `'${table}', ${row}.${state}, ${queue ? `${row}.${queue}` : "''"}`
  const add = `INSERT INTO counters VALUES (${by('NEW')}, 1) ON CONFLICT DO UPDATE SET value = value + 1;`
  const remove = `UPDATE counters SET value = value - 1 WHERE (noun, state, queue) = (${by('OLD')});`
  const columns = [state, ...(queue ? [queue] : [])]
  const differs = columns.map((column) => `OLD.${column} <> NEW.${column}`).join(' OR ')
  return `
    CREATE TRIGGER ${table}_counted_in AFTER INSERT ON ${table} BEGIN ${add} END;
    CREATE TRIGGER ${table}_counted_on AFTER UPDATE OF ${columns.join(', ')} ON ${table}
      WHEN NEW.deleted_at IS NULL AND (${differs}) BEGIN ${remove} ${add} END;
    CREATE TRIGGER ${table}_counted_out AFTER UPDATE OF deleted_at ON ${table}
      WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL BEGIN ${remove} END;`
}

/** SQL that keeps count of the rows that wait for a person, for the badge of Home: those for which `waits` holds. */
export function waiting({ table, waits }: { table: string; waits(row: string): string }): string {
  const change = (delta: string) => `INSERT INTO counters VALUES ('attention', '${table}', '', ${delta}) ON CONFLICT DO UPDATE SET value = value + ${delta};`
  const is = (row: string) => `(${row}.deleted_at IS NULL AND ${waits(row)})`
  return `
    CREATE TRIGGER ${table}_waiting_in AFTER INSERT ON ${table} WHEN ${is('NEW')} BEGIN ${change('1')} END;
    CREATE TRIGGER ${table}_waiting_on AFTER UPDATE ON ${table} WHEN ${is('NEW')} AND NOT ${is('OLD')} BEGIN ${change('1')} END;
    CREATE TRIGGER ${table}_waiting_off AFTER UPDATE ON ${table} WHEN ${is('OLD')} AND NOT ${is('NEW')} BEGIN ${change('-1')} END;`
}
