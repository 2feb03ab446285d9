// One event stream per browser: HTTP/1.1 allows six connections per host, and every tab would take one.
// A tab leads and tells the others over a BroadcastChannel. Web Locks would be simpler, but an intranet address over
// plain http is not a secure context and has none.
import { openStream, type ServerEvent, type StreamListener } from './stream'

type Message =
  | { kind: 'ping'; from: string; up: boolean } // the leader is there
  | { kind: 'claim'; from: string } // I lead from now on
  | { kind: 'leaving'; from: string }
  | { kind: 'event'; from: string; event: ServerEvent }
  | { kind: 'up'; from: string; again: boolean }
  | { kind: 'down'; from: string }

const PING = 2000
const GONE = 6000 // a leader silent for so long is gone
const GONE_HIDDEN = 75_000 // a hidden tab's timers may run once a minute, so it does not judge sooner

/** Listens to the server's events, sharing one stream with the other tabs of this browser. */
export function listen(listener: StreamListener): { close(): void } {
  if (typeof BroadcastChannel === 'undefined') return openStream(listener)
  const me = Math.random().toString(36).slice(2)
  const channel = new BroadcastChannel('fourmaps.events')
  const say = (message: Message) => channel.postMessage(message)
  let stream: { close(): void } | undefined
  let up = false
  let heard = Date.now() - GONE + 300 + Math.random() * 300 // a fresh tab waits a moment for a leader's ping
  let leaderUp: boolean | undefined

  function lead() {
    say({ kind: 'claim', from: me })
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
      heard = 0
      return
    }
    // Two leaders: the newer claim stands; of two that both ping, the smaller name does.
    if (stream && (data.kind === 'claim' || (data.kind === 'ping' && data.from < me))) follow()
    if (stream) return
    heard = Date.now()
    if (data.kind === 'ping') state(data.up, false)
    else if (data.kind === 'event') listener.event(data.event)
    else if (data.kind === 'up') state(true, data.again)
    else if (data.kind === 'down') state(false, false)
  }

  const timer = setInterval(tick, 300)
  let pinged = 0
  function tick() {
    const now = Date.now()
    if (stream) {
      if (now - pinged >= PING) {
        pinged = now
        say({ kind: 'ping', from: me, up })
      }
    } else if (now - heard > (document.hidden ? GONE_HIDDEN : GONE)) lead()
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
