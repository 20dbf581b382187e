import type pg from 'pg'
import { type Counter, recount, triggersOf } from '../engine/counters.ts'

/** Makes the triggers of a counter that is new or was declared otherwise, and counts its rows; within a transaction. */
export async function installCounter(client: pg.ClientBase, counter: Counter) {
  const declared = triggers(counter)
  const { rows } = await client.query<{ there: string | null }>(`SELECT obj_description(to_regprocedure('${counter.name}()'), 'pg_proc') AS there`)
  if (rows[0]?.there === declared) return
  await client.query(`DROP FUNCTION IF EXISTS ${counter.name}() CASCADE; ${declared} ${recount(counter)}`)
  await client.query(`COMMENT ON FUNCTION ${counter.name}() IS ${client.escapeLiteral(declared)}`)
}

/** They count under the lock of the log, at the COMMIT: changes that wait for each other's counters would deadlock. */
function triggers(counter: Counter): string {
  const { name, counts, key } = counter
  const deferred = Object.values(triggersOf(counter)).map(
    ({ name: trigger, after, when }) =>
      `CREATE CONSTRAINT TRIGGER ${trigger} ${after} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (${when}) EXECUTE FUNCTION ${name}();`,
  )
  return `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      PERFORM pg_advisory_xact_lock(8355, 1);
      IF TG_OP = 'UPDATE' THEN IF ${counts('OLD')} THEN PERFORM bump(${key('OLD')}, -1); END IF; END IF;
      IF ${counts('NEW')} THEN PERFORM bump(${key('NEW')}, 1); END IF;
      RETURN NULL;
    END $$; ${deferred.join(' ')}`
}
