import type { ByEngine } from './database.ts'

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
export function counted({ table, state, queue }: Counted): ByEngine {
  const by = (row: string) => `'${table}', ${row}.${state}, ${queue ? `${row}.${queue}` : "''"}`
  const add = `INSERT INTO counters VALUES (${by('NEW')}, 1) ON CONFLICT DO UPDATE SET value = value + 1;`
  const remove = `UPDATE counters SET value = value - 1 WHERE (noun, state, queue) = (${by('OLD')});`
  const columns = [state, ...(queue ? [queue] : [])]
  const differs = columns.map((column) => `OLD.${column} <> NEW.${column}`).join(' OR ')
  return {
    sqlite: `
    CREATE TRIGGER ${table}_counted_in AFTER INSERT ON ${table} BEGIN ${add} END;
    CREATE TRIGGER ${table}_counted_on AFTER UPDATE OF ${columns.join(', ')} ON ${table}
      WHEN NEW.deleted_at IS NULL AND (${differs}) BEGIN ${remove} ${add} END;
    CREATE TRIGGER ${table}_counted_out AFTER UPDATE OF deleted_at ON ${table}
      WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL BEGIN ${remove} END;`,
    postgres: deferred({ name: `${table}_counted`, table, by, counts: (row) => `${row}.deleted_at IS NULL` }),
  }
}

interface Waiting {
  table: string
  waits(row: string): string
  /** A column that splits the counts. */
  queue?: string
}

/** SQL that keeps count of the rows that wait for a person, for the badge of Home: those for which `waits` holds. */
export function waiting({ table, waits, queue }: Waiting): ByEngine {
  const by = (row: string) => `'attention', '${table}', ${queue ? `${row}.${queue}` : "''"}`
  const change = (row: string, delta: string) => `INSERT INTO counters VALUES (${by(row)}, ${delta}) ON CONFLICT DO UPDATE SET value = value + ${delta};`
  const is = (row: string) => `(${row}.deleted_at IS NULL AND ${waits(row)})`
  return {
    sqlite: `
    CREATE TRIGGER ${table}_waiting_in AFTER INSERT ON ${table} WHEN ${is('NEW')} BEGIN ${change('NEW', '1')} END;
    CREATE TRIGGER ${table}_waiting_on AFTER UPDATE ON ${table} WHEN ${is('NEW')} AND NOT ${is('OLD')} BEGIN ${change('NEW', '1')} END;
    CREATE TRIGGER ${table}_waiting_off AFTER UPDATE ON ${table} WHEN ${is('OLD')} AND NOT ${is('NEW')} BEGIN ${change('OLD', '-1')} END;`,
    postgres: deferred({ name: `${table}_waiting`, table, by, counts: is }),
  }
}

interface Deferred {
  name: string
  table: string
  by(row: string): string
  counts(row: string): string
}

/** Counts under the lock of the log, at the COMMIT: changes that wait for each other's counters would deadlock. */
function deferred({ name, table, by, counts }: Deferred): string {
  const differs = `(${counts('OLD')}) IS DISTINCT FROM (${counts('NEW')}) OR (${by('OLD')}) IS DISTINCT FROM (${by('NEW')})`
  const trigger = (what: string, event: string, when = '') => `
    CREATE CONSTRAINT TRIGGER ${name}_${what} AFTER ${event} ON ${table} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW ${when} EXECUTE FUNCTION ${name}();`
  return `
    CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      PERFORM pg_advisory_xact_lock(8355, 1);
      IF TG_OP = 'UPDATE' THEN IF ${counts('OLD')} THEN PERFORM bump(${by('OLD')}, -1); END IF; END IF;
      IF ${counts('NEW')} THEN PERFORM bump(${by('NEW')}, 1); END IF;
      RETURN NULL;
    END $$;${trigger('in', 'INSERT')}${trigger('on', 'UPDATE', `WHEN (${differs})`)}`
}
