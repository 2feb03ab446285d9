import type { Change, Heartbeat, Reload } from '../types'

/** What the server says on its event stream. */
export type ServerEvent = { name: 'change'; data: Change } | { name: 'reload'; data: Reload } | { name: 'heartbeat'; data: Heartbeat }

export interface StreamListener {
  event(event: ServerEvent): void
  up(again: boolean): void // open; `again` when this is not the first time, so something may have been missed
  down(): void
}

const NAMES = ['change', 'reload', 'heartbeat'] as const
const FIRST_WAIT = 1000
const LONGEST_WAIT = 15_000
// The server beats every 15 s; a stream that is silent for so long is dead even if the socket does not know it.
const SILENCE = 40_000

/** Keeps one event stream open until it is closed, and goes on where it was after the number of the last event. */
export function openStream(listener: StreamListener): { close(): void } {
  let source: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let wait = FIRST_WAIT
  let opened = false
  let closed = false
  let last = ''

  function watch() {
    clearTimeout(timer)
    timer = setTimeout(renew, SILENCE)
  }
  function renew() {
    if (closed) return
    clearTimeout(timer)
    source?.close()
    listener.down()
    // Jitter, so that a room full of screens does not come back in the same instant.
    timer = setTimeout(connect, wait * (0.5 + Math.random()))
    wait = Math.min(wait * 2, LONGEST_WAIT)
  }
  function connect() {
    source = new EventSource(last ? `/api/events?last_event_id=${last}` : '/api/events')
    watch()
    source.onopen = () => {
      wait = FIRST_WAIT
      watch()
      listener.up(opened)
      opened = true
    }
    source.onerror = () => {
      if (source?.readyState === EventSource.CLOSED) renew()
      else listener.down()
    }
    for (const name of NAMES)
      source.addEventListener(name, (message: MessageEvent<string>) => {
        watch()
        last = message.lastEventId
        const data = parse(message.data)
        if (data) listener.event({ name, data } as ServerEvent)
      })
  }
  connect()
  return {
    close() {
      closed = true
      clearTimeout(timer)
      source?.close()
    },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // half a message is no message; the heartbeat's number shows that one is missing
  }
}
