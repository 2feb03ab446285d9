// One event stream per browser: HTTP/1.1 allows six connections per host, and every tab would take one.
// A tab leads and tells the others over a BroadcastChannel. Web Locks would be simpler, but an intranet address over
// plain http is not a secure context and has none.
import { openStream, type ServerEvent, type StreamListener } from './stream'

type Message =
  | { kind: 'ping'; from: string; up: boolean } // the leader is there
  | { kind: 'who'; from: string } // a fresh tab asks whether somebody leads
  | { kind: 'leaving'; from: string }
  | { kind: 'event'; from: string; event: ServerEvent }
  | { kind: 'up'; from: string; again: boolean }
  | { kind: 'down'; from: string }

// Silence is counted in ticks, not in time: a tab that was busy drawing, or that was hidden and slowed down, has not
// listened either, and must not judge by the clock.
const TICK = 300 // ms
const PING = 6 // ticks between a leader's pings
const ANSWER = 4 // ticks that a fresh tab waits for an answer
const GONE = 20 // ticks after which a silent leader is gone

/** Listens to the server's events, sharing one stream with the other tabs of this browser. */
export function listen(listener: StreamListener): { close(): void } {
  if (typeof BroadcastChannel === 'undefined') return openStream(listener)
  const me = Math.random().toString(36).slice(2)
  const channel = new BroadcastChannel('fourmaps.events')
  const say = (message: Message) => channel.postMessage(message)
  let stream: { close(): void } | undefined
  let up = false
  let silent = GONE - ANSWER // ticks since a word of a leader
  let leaderUp: boolean | undefined

  function lead() {
    ping()
    stream = openStream({
      event(event) {
        listener.event(event)
        say({ kind: 'event', from: me, event })
      },
      up(again) {
        up = true
        listener.up(again)
        say({ kind: 'up', from: me, again })
      },
      down() {
        up = false
        listener.down()
        say({ kind: 'down', from: me })
      },
    })
  }
  function follow() {
    stream?.close()
    stream = undefined
    leaderUp = undefined
  }
  function state(now: boolean, again: boolean) {
    if (now === leaderUp && !again) return
    leaderUp = now
    if (now) listener.up(again)
    else listener.down()
  }

  channel.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.from === me) return
    if (data.kind === 'leaving') {
      silent = GONE
      return
    }
    if (data.kind === 'who') {
      if (stream) ping()
      return
    }
    // Of two leaders the one with the smaller name goes on.
    if (stream && data.kind === 'ping') {
      if (data.from < me) follow()
      else ping()
    }
    if (stream) return
    silent = 0
    if (data.kind === 'ping') state(data.up, false)
    else if (data.kind === 'event') listener.event(data.event)
    else if (data.kind === 'up') state(true, data.again)
    else if (data.kind === 'down') state(false, false)
  }

  say({ kind: 'who', from: me })
  const timer = setInterval(tick, TICK)
  let sincePing = 0
  function ping() {
    sincePing = 0
    say({ kind: 'ping', from: me, up })
  }
  function tick() {
    if (stream) {
      if (++sincePing >= PING) ping()
    } else if (++silent > GONE) lead()
  }
  const leave = () => stream && say({ kind: 'leaving', from: me })
  addEventListener('pagehide', leave)

  return {
    close() {
      leave()
      removeEventListener('pagehide', leave)
      clearInterval(timer)
      stream?.close()
      channel.close()
    },
  }
}
