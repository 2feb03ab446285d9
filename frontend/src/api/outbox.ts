// The outbox of whoever is signed in: what was entered on this phone and waits to be sent.
import { inject, onBeforeUnmount, provide, ref, shallowRef, type InjectionKey, type Ref, type ShallowRef } from 'vue'
import { clockOffset } from '@/lib/clock'
import type { Body, Draft, Entry, Refusal, Row, Sent } from '@/lib/outbox/entry'
import { keepSending, type Outcome, type Phase } from '@/lib/outbox/sender'
import { FullError, Store } from '@/lib/outbox/store'
import { ApiError, send, sendFile } from './client'

export interface Outbox {
  entries: ShallowRef<Entry[]>
  sent: ShallowRef<Sent[]>
  phase: Ref<Phase>
  broken: Ref<boolean> // this browser keeps nothing
  trouble: Ref<'' | 'full' | 'failed'> // why the last entry could not be kept
  add(draft: Omit<Draft, 'person'>): Promise<Entry>
  again(entry: Entry, change: Pick<Partial<Draft>, 'base' | 'body'>): Promise<void>
  redirect(entry: Entry, to: { row: Row; name: string; body: Body; refusal: Refusal }): Promise<Entry | undefined>
  drop(entry: Entry): Promise<boolean>
  poke(): void
}

const KEY: InjectionKey<Outbox> = Symbol('outbox')
const SIGNED_OUT = ['not_signed_in', 'another_person', 'password_must_change', 'account_disabled', 'demo_elsewhere']

/** Sends what waits for as long as the page of this person is open. */
export function provideOutbox(person: string): Outbox {
  const entries = shallowRef<Entry[]>([])
  const sent = shallowRef<Sent[]>([])
  const phase = ref<Phase>('idle')
  const broken = ref(false)
  const trouble = ref<'' | 'full' | 'failed'>('')
  const channel = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel('fourmaps.outbox')
  const opened = Store.open()
  let sender: { poke(): void; stop(): void } | undefined
  let closed = false

  async function look() {
    const store = await opened
    if (closed) return
    ;[entries.value, sent.value] = await Promise.all([store.of(person), store.sentOf(person)])
  }
  async function changed() {
    await look()
    channel?.postMessage('changed') // to the other tabs
  }
  const poke = () => sender?.poke()
  async function act<T>(work: (store: Store) => Promise<T>): Promise<T> {
    const done = await work(await opened)
    await changed()
    poke()
    return done
  }

  opened.then(
    (store) => {
      if (closed) return store.close()
      sender = keepSending({ person, store, transport, now: Date.now, offset: clockOffset, tell: (now) => (phase.value = now), changed: () => void changed() })
      poke()
      return look()
    },
    () => (broken.value = true),
  )
  if (channel) channel.onmessage = () => void look().catch(() => undefined)
  const seen = () => document.visibilityState === 'visible' && poke()
  addEventListener('online', poke)
  document.addEventListener('visibilitychange', seen)
  onBeforeUnmount(() => {
    closed = true
    sender?.stop()
    channel?.close()
    removeEventListener('online', poke)
    document.removeEventListener('visibilitychange', seen)
    opened.then((store) => store.close(), () => undefined)
  })

  const outbox: Outbox = {
    entries, sent, phase, broken, trouble, poke,
    async add(draft) {
      void navigator.storage?.persist?.().catch(() => false) // so that a phone short of room throws away other things first
      try {
        const entry = await act((store) => store.add({ ...draft, body: plain(draft.body), seen: plain(draft.seen), person }, Date.now() + clockOffset()))
        trouble.value = ''
        return entry
      } catch (error) {
        trouble.value = error instanceof FullError ? 'full' : 'failed'
        throw error
      }
    },
    again: (entry, change) => act((store) => store.again(entry.seq, { ...change, ...('body' in change ? { body: plain(change.body) } : {}) })),
    redirect: (entry, to) => act((store) => store.redirect(entry.seq, { ...to, row: plain(to.row), body: plain(to.body) })),
    drop: (entry) => act((store) => store.drop(entry.seq)),
  }
  provide(KEY, outbox)
  return outbox
}

// What a page works with is watched for changes, and cannot be stored as it is.
const plain = <T>(value: T): T => (value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T))

/** The outbox of the page. */
export function useOutbox(): Outbox {
  const outbox = inject(KEY)
  if (!outbox) throw new Error('only pages of somebody who is signed in have an outbox')
  return outbox
}

/** Sends one entry once, and says what became of it. */
export async function transport(entry: Entry): Promise<Outcome> {
  try {
    return { kind: 'sent', version: await write(entry) }
  } catch (error) {
    return outcomeOf(error)
  }
}

async function write({ kind, layer, row, base, key, person, body, photo, occurredAt }: Entry): Promise<number | undefined> {
  const rows = `/api/layers/${layer}/features`
  const headers = { 'Idempotency-Key': key, 'Fourmaps-Person': person, ...(base === undefined ? {} : { 'If-Match': `"${base}"` }) }
  const occurred_at = new Date(occurredAt).toISOString()
  const version = (answer: { properties: { version: number } }) => answer.properties.version
  switch (kind) {
    case 'create':
      return version(await send('POST', rows, { type: 'Feature', ...body, id: row, occurred_at }, headers))
    case 'change':
      return version(await send('PATCH', `${rows}/${row}`, { type: 'Feature', ...body, occurred_at }, headers))
    case 'confirm':
      return version(await send('POST', `${rows}/${row}/confirm`, { ...body, occurred_at }, headers))
    case 'photo':
      // The key is the file's id: sent twice it is stored once.
      await sendFile('PUT', `${rows}/${row}/files/${key}`, { name: photo?.name, occurred_at, accept: body?.accept?.join() }, photo?.bytes ?? '', { 'Content-Type': photo?.type ?? '', 'Fourmaps-Person': person })
      return undefined
  }
}

/** What an error of sending means for the entry. Only the server's own words refuse one: a hotel's sign-in page does not. */
export function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof ApiError) || !error.problem?.code || error.status >= 500 || [408, 425, 429].includes(error.status)) return { kind: 'later' }
  const { code, errors, findings } = error.problem
  if (SIGNED_OUT.includes(code)) return { kind: 'signed_out' }
  if (code === 'changed_meanwhile') return { kind: 'conflict', current: (error.problem.current ?? null) as Row | null }
  return { kind: 'refused', refusal: { code, text: error.message, errors, findings } as Refusal }
}
