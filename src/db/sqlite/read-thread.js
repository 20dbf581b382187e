// A read-only connection in a thread of its own. Plain JavaScript, so that it starts at once.
import { parentPort, workerData } from 'node:worker_threads'
import SQLite from 'better-sqlite3'

const { path, pragmas } = workerData
const database = new SQLite(path, { readonly: true })
for (const pragma of pragmas) database.pragma(pragma)

parentPort.on('message', ({ sql, parameters }) => {
  try {
    const statement = database.prepare(sql)
    parentPort.postMessage({ rows: statement.reader ? statement.all(parameters) : void statement.run(parameters) })
  } catch ({ message, code }) {
    parentPort.postMessage({ error: { message, code } })
  }
})
