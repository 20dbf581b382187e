import type { Attempt, Task } from '../../../src/tasks/tasks.ts'
import { domId } from '../../ui/dom-id.ts'
import { Code } from './code.tsx'
import { isLong } from './why.tsx'

/** Stack frames of libraries, where the mistake rarely is. */
const LIBRARY = /^\s+(at .*(node_modules\/|node:|<anonymous>)|File ".*(site-packages|dist-packages|lib\/python))|^\s+\S.*(\/gems\/|\.m2\/|vendor\/)/

/** The errors, newest attempt first; different ones of earlier attempts are folded. */
export function Errors({ task, attempts }: { task: Task; attempts: readonly Attempt[] }): JSX.Element {
  const { error, attempt } = task
  const earlier = attempts.filter((it) => it.attempt !== attempt && it.error !== null && it.error !== error)
  if (!isLong(error) && earlier.length === 0) return ''
  return (
    <section class="errors" aria-label="Error" hx-disable>
      {isLong(error) ? <Trace id={domId('error', attempt)} error={error} /> : ''}
      {earlier.map((it) => (
        <details class="more" id={domId('error', it.attempt, 'earlier')}>
          <summary>
            <span dir="auto" safe>{`Attempt ${it.attempt}: ${firstLine(it.error)}`}</span>
          </summary>
          <Trace id={domId('error', it.attempt)} error={it.error ?? ''} />
        </details>
      ))}
    </section>
  )
}

/** An error without library frames; the full text is folded. */
function Trace({ id, error }: { id: string; error: string }): JSX.Element {
  const lines = error.split('\n')
  const own = lines.filter((line) => !LIBRARY.test(line))
  const hidden = lines.length - own.length
  return (
    <>
      <Code text={own.join('\n')} label="Error" class="error-text" />
      {hidden > 0 ? (
        <details class="more" id={`${id}-whole`}>
          <summary>{`With ${hidden} ${hidden === 1 ? 'line' : 'lines'} of libraries` as 'safe'}</summary>
          <Code text={error} label="Full error" class="error-text" />
        </details>
      ) : (
        ''
      )}
    </>
  )
}

const firstLine = (error: string | null) => (error ?? '').split('\n', 1)[0]
