import { describe, expect, test } from 'vitest'
import { claimed } from '../leases/claimed.ts'
import { testApp } from '../support/app.ts'

const nested = (levels: number) => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`)

describe('the result of a task', () => {
  test.each([
    ['too deep', nested(101), 'A result may be nested at most 100 levels deep.'],
    ['too large', 'x'.repeat(65_535), 'A result may have at most 64 KiB. Print more to the log, or store it elsewhere.'],
  ])('is refused if it is %s, and the task continues', async (_, result, sentence) => {
    const app = await testApp()
    const { id, holder } = await claimed(app)
    await app.json(`/api/tasks/${id}/run`, holder)
    const refused = await app.json(`/api/tasks/${id}/finish`, { ...holder, exit_code: 0, result })
    expect(refused).toMatchObject({ status: 422, body: { fields: { result: sentence } } })
    expect((await app.json(`/api/tasks/${id}`)).body.item).toMatchObject({ state: 'running', result: null })
  })

  test.each([
    ['as deep as allowed', nested(100)],
    ['as large as allowed', 'x'.repeat(65_534)],
    ['text with brackets and quotes', { text: '"[[['.repeat(200) }],
    ['null', null],
  ])('is stored if it is %s', async (_, result) => {
    const app = await testApp()
    const { id, holder } = await claimed(app)
    expect((await app.json(`/api/tasks/${id}/finish`, { ...holder, exit_code: 0, result })).status).toBe(200)
    expect((await app.json(`/api/tasks/${id}`)).body.item.result).toEqual(result)
  })
})
