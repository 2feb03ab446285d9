import { computed, readonly, ref } from 'vue'
import { keepOffset } from '@/lib/clock'
import { listen } from './share'
import type { Heartbeat } from '../types'
import type { ServerEvent } from './stream'

export type Connection = 'connecting' | 'live' | 'delayed' | 'lost'

const DELAYED = 30_000 // ms without a word of the server
const LOST = 120_000
const DOWN = 2500 // a stream that is down for less is not worth a word

const started = Date.now()
const now = ref(Date.now())
const heardAt = ref<number>() // this machine's clock
const downSince = ref<number>()
const deaf = ref(false) // the server is there, but does not hear its database
const offset = ref(0) // server's clock minus this machine's, ms
let seq: number | undefined // the last change that this page knows of

/** What a page does when rows changed: `layers` is undefined when anything may have. */
export type RowsChanged = (layers: Set<string> | undefined) => void
const listeners = new Set<RowsChanged>()

function tell(layers: Set<string> | undefined) {
  for (const listener of listeners) listener(layers)
}

function take(event: ServerEvent) {
  downSince.value = undefined
  if (event.name === 'heartbeat') return beat(event.data)
  heardAt.value = Date.now()
  seq = event.data.seq
  tell(event.data.layer ? new Set([event.data.layer]) : undefined)
}

function beat(heartbeat: Heartbeat) {
  deaf.value = heartbeat.delayed ?? false
  if (heartbeat.time) {
    offset.value = Date.parse(heartbeat.time) - Date.now()
    keepOffset(offset.value)
  }
  if (deaf.value || heartbeat.seq === undefined) return
  heardAt.value = Date.now()
  // Ahead of what was told here: something was missed. Behind it: the database was restored from a backup.
  if (seq !== undefined && heartbeat.seq !== seq) tell(undefined)
  seq = heartbeat.seq
}

/** Starts to listen to the server; call once per page. `tick` is every second. */
export function followServer(): { close(): void } {
  const timer = setInterval(() => (now.value = Date.now()), 1000)
  const stream = listen({
    event: take,
    up(again) {
      heardAt.value ??= Date.now() // an open stream is a word, too: the next heartbeat may be 15 s away
      downSince.value = undefined
      if (again) tell(undefined)
    },
    down() {
      downSince.value ??= Date.now()
    },
  })
  return {
    close() {
      clearInterval(timer)
      stream.close()
    },
  }
}

/** Says up to which change the page's first data reach, so that one made before the stream opened is not missed. */
export function startFrom(number: number) {
  seq ??= number
}

/** Calls back when rows changed; gives the way to stop. */
export function onRowsChanged(listener: RowsChanged): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** How old what the screen shows may be. Ages are judged by the server's clock. */
export function useConnection() {
  const state = computed<Connection>(() => {
    const silent = now.value - (heardAt.value ?? started)
    if (downSince.value !== undefined && now.value - downSince.value > DOWN) return 'lost'
    if (silent > LOST) return 'lost'
    if (deaf.value || silent > DELAYED) return 'delayed'
    return heardAt.value === undefined ? 'connecting' : 'live'
  })
  const asOf = computed(() => (heardAt.value === undefined ? undefined : new Date(heardAt.value + offset.value)))
  const serverNow = computed(() => new Date(now.value + offset.value))
  return { state, asOf, serverNow, heardAt: readonly(heardAt) }
}
