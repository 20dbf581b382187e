import { readdirSync } from 'node:fs'

/** One script a question, each with its baseline in the same run. `npm run bench -- herd` runs those that are named. */
const wanted = process.argv.slice(2)
const scripts = readdirSync(new URL('.', import.meta.url))
  .filter((name) => name.endsWith('.bench.ts'))
  .sort()

for (const script of scripts) {
  if (wanted.length > 0 && !wanted.some((word) => script.includes(word))) continue
  const { question, measure } = (await import(`./${script}`)) as { question: string; measure(): Promise<object> }
  console.log(`\n${question}`)
  console.table(await measure())
}
process.exit(0)
