import type SQLite from 'better-sqlite3'
import { type Counter, recount, triggersOf } from '../engine/counters.ts'

/** Makes the triggers of each counter that is new or was declared otherwise, and counts its rows. */
export function installCounters(database: SQLite.Database, counters: readonly Counter[]) {
  const found = database.prepare<[string], { name: string; sql: string }>(
    "select name, sql from sqlite_schema where type = 'trigger' and name glob ? || '_*' order by name",
  )
  const install = database.transaction((counter: Counter) => {
    const [there, declared] = [found.all(counter.name), triggers(counter)]
    if (there.map(({ sql }) => sql).join() === declared.join()) return
    for (const { name } of there) database.exec(`DROP TRIGGER ${name}`)
    for (const sql of declared) database.exec(sql)
    database.exec(recount(counter))
  })
  for (const counter of counters) install.immediate(counter)
}

/** In the order of their names, and as SQLite keeps them. */
function triggers(counter: Counter): string[] {
  const { counts, key } = counter
  const bump = 'ON CONFLICT DO UPDATE SET value = value + 1;'
  const { in: added, on: changed } = triggersOf(counter)
  return [
    `CREATE TRIGGER ${added.name} ${added.after} WHEN ${added.when} BEGIN INSERT INTO counters VALUES (${key('NEW')}, 1) ${bump} END`,
    `CREATE TRIGGER ${changed.name} ${changed.after} WHEN ${changed.when} BEGIN
      UPDATE counters SET value = value - 1 WHERE ${counts('OLD')} AND (noun, state, queue) = (${key('OLD')});
      INSERT INTO counters SELECT ${key('NEW')}, 1 WHERE ${counts('NEW')} ${bump}
    END`,
  ]
}
