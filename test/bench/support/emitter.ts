import { connect } from '../../../src/client/index.js'
import { answer } from './process.ts'

/** Another program that emits events; returns when it began, by a browser's clock. */
let client: ReturnType<typeof connect> | undefined

answer({
  connect: (data: string) => {
    client = connect({ data, source: 'bench' })
  },
  async emit(mark: string) {
    const began = performance.timeOrigin + performance.now()
    await client?.publishAuto(`${mark}.seen`)
    return began
  },
})
