import { type Db, endOf } from '../../db/index.ts'
import { levelOf } from '../log/level.ts'
import { numberOf, type Task } from '../tasks.ts'
import { isBroken } from '../words.ts'

/** So much of a failure's last lines is read for a list. */
const MOST_CHARACTERS = 1_000

/** The same tasks, each that failed with the last error that it printed, or its last line. */
export async function withLastError<Some extends Task>(db: Db, tasks: readonly Some[]): Promise<Some[]> {
  const numbers = tasks.filter(({ state }) => isBroken(state)).map(({ id }) => numberOf(id))
  if (numbers.length === 0) return [...tasks]
  const rows = await db
    .selectFrom('failure_lines')
    .select(['number', endOf('lines', MOST_CHARACTERS).as('end')])
    .where('number', 'in', numbers)
    .execute()
  const ends = new Map(rows.map(({ number, end }) => [number, end.split('\n')]))
  return tasks.map((task) => {
    const lines = ends.get(numberOf(task.id))
    const last_error = lines?.findLast((line) => levelOf(line) === 'error') ?? lines?.at(-1)
    return last_error === undefined || !isBroken(task.state) ? task : { ...task, last_error }
  })
}
