/** A change without an event checks the log as well, without its lock. */
export const sql = `
CREATE FUNCTION log_check(mine text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
  IF NOT EXISTS (SELECT FROM meta e, meta t WHERE e.key = 'epoch' AND e.value = mine AND t.key = 'timeline'
    AND t.value = substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))
  THEN RAISE EXCEPTION 'the log began again elsewhere: restart this server' USING ERRCODE = 'TT001'; END IF;
END $$;
CREATE OR REPLACE FUNCTION log_lock(mine text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
  PERFORM pg_advisory_xact_lock(8355, 1);
  PERFORM log_check(mine);
END $$;
`
