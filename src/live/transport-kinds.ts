/** A frame of a stream that is not in the log: it has no number and is never replayed. */
export interface TransportKind {
  kind: string
  data: string
  when: string
}

/** Every frame that is not a record. `<panel>` stands for the name of a page's live part, `<subject>` for a thing such as `task:t_9`, `<id>` for a task. */
export const TRANSPORT_KINDS: readonly TransportKind[] = [
  { kind: 'ready', data: '{epoch, seq, oldest, server_time, heartbeat_s, max_s}', when: 'the first frame of a reader of the log' },
  { kind: 'ready', data: '{epoch, seq, resumed, panels, server_time, build}', when: 'the first frame of a page' },
  { kind: '<panel>-changed', data: '{seq}', when: 'a panel is stale: fetch it again; each panel has its own' },
  { kind: '<subject>-changed', data: '{seq}', when: 'a thing that the page shows has changed' },
  { kind: '<panel>-pulse', data: '{}', when: 'a panel that changes without events of its own has changed' },
  { kind: '<id>-log', data: '{attempt, size, ended}', when: 'the output of a task that the page shows has grown; the latest wins' },
  { kind: '<id>-progress', data: '{done, total?, note?}', when: 'a task that a page shows has come further; the latest wins' },
  { kind: 'ping', data: '{seq}', when: 'every 15 s to a page, every 30 s to a panel’s own stream' },
  { kind: 'reset', data: '{epoch, seq, reason}', when: 'the cursor cannot be resumed: fetch snapshots, then follow' },
  { kind: 'gap', data: '{from, to, dropped}', when: 'a slow reader was moved forward, past this many events' },
  { kind: 'bus.heartbeat', data: '{interval}', when: 'every 10 s to a reader of the log' },
  { kind: 'heartbeat', data: '{timestamp}', when: 'to a reader of one subject, after 30 s without an event; Unix seconds' },
  { kind: 'log', data: '{offset, stream, data}', when: 'to a reader of a task’s log: a part of the output, in base64' },
  { kind: 'done', data: '{exit_code, state, error}', when: 'the attempt has ended, and the whole log was sent; then the stream closes' },
  { kind: 'end', data: 'timeout', when: 'the time of this stream is up: connect again' },
  { kind: 'server-restarting', data: '{retry_ms}', when: 'the server stops: come back after that many ms' },
  { kind: 'bridge_stopped', data: '{}', when: 'nothing more comes through this stream' },
]
