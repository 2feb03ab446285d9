// Sends what waits, one after the other, in one tab at a time.
import { next, nextTime, type Entry, type Refusal, type Row } from './entry'
import type { Store } from './store'

/** What became of an entry that was sent once. */
export type Outcome =
  | { kind: 'sent'; version?: number | undefined }
  | { kind: 'conflict'; current: Row | null }
  | { kind: 'refused'; refusal: Refusal }
  | { kind: 'signed_out' } // or somebody else is signed in
  | { kind: 'later'; after?: number | undefined } // no network, or the server is busy; ms

export type Transport = (entry: Entry) => Promise<Outcome>

/** How the outbox is: nothing to do, sending, waiting for the network, or for its person to sign in again. */
export type Phase = 'idle' | 'sending' | 'offline' | 'signed_out'

export interface Sender {
  person: string
  store: Store
  transport: Transport
  now: () => number // ms, this phone's clock
  offset: () => number // ms to add for the server's clock
  tell: (phase: Phase) => void
  changed: () => void // entries are other than before
}

const FIRST_WAIT = 2000 // ms
const LONGEST_WAIT = 120_000

/** Sends all that can be sent now. Gives the ms after which to try again, undefined when something else has to happen first. */
export async function flush(sender: Sender): Promise<number | undefined> {
  const { person, store, now, offset } = sender
  for (;;) {
    const entries = await store.of(person)
    const entry = next(entries, now())
    if (!entry) {
      sender.tell('idle')
      const at = nextTime(entries, now())
      return at === undefined ? undefined : Math.max(50, at - now())
    }
    sender.tell('sending')
    // Between reading and this the entry may have been taken back.
    const tried = await store.trying(entry.seq, now() + offset())
    if (!tried) continue
    const outcome = await sender.transport(tried)
    if (outcome.kind === 'later') {
      sender.tell('offline')
      return outcome.after ?? 0
    }
    if (outcome.kind === 'signed_out') {
      sender.tell('signed_out')
      return undefined
    }
    if (outcome.kind === 'sent') await store.sent(entry.seq, outcome.version, now())
    else if (outcome.kind === 'conflict') await store.conflict(entry.seq, outcome.current)
    else await store.refused(entry.seq, outcome.refusal)
    sender.changed()
  }
}

/** Keeps sending until it is stopped: at once when poked, and again after what failed, waiting longer each time. */
export function keepSending(sender: Sender): { poke(): void; stop(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  let wait = FIRST_WAIT
  let running = false
  let again = false
  let stopped = false

  async function run() {
    if (stopped) return
    clearTimeout(timer)
    if (running) {
      again = true
      return
    }
    running = true
    let after: number | undefined = wait
    let failed = true
    try {
      after = await alone(sender.person, () => flush({ ...sender, tell: (phase) => {
        failed = phase === 'offline'
        sender.tell(phase)
      } }))
    } catch {
      sender.tell('offline') // the database was closed by a newer page, say
    }
    running = false
    wait = failed ? Math.min(wait * 2, LONGEST_WAIT) : FIRST_WAIT
    if (stopped) return
    if (again) {
      again = false
      return void run()
    }
    // Jitter, so that the phones of a whole township do not come back in the same instant.
    if (failed) timer = setTimeout(run, Math.max(after ?? 0, wait * (0.5 + Math.random() / 2)))
    else if (after !== undefined) timer = setTimeout(run, after)
  }
  return {
    poke() {
      wait = FIRST_WAIT
      void run()
    },
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}

/** Does work in one tab at a time. Plain http has no locks: there two tabs may send one entry, and its key keeps it single. */
async function alone<T>(person: string, work: () => Promise<T>): Promise<T> {
  const { locks } = navigator as { locks?: LockManager }
  return locks ? ((await locks.request(`fourmaps.outbox.${person}`, work)) as T) : work()
}
