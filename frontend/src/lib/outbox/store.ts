// The outbox in IndexedDB, which plain http has too. Every method is one transaction: it happens whole or not at all.
import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import { uuid } from '../uuid'
import { follows, inOrder, withFollowers, type Body, type Draft, type Entry, type Refusal, type Row, type Sent } from './entry'

interface Tables extends DBSchema {
  entry: { key: number; value: Entry; indexes: { person: string } }
  sent: { key: string; value: Sent; indexes: { person: string } }
}

const KEPT = 50 // sent entries of a person that are remembered

/** This phone has no room left for an entry. */
export class FullError extends Error {}

export class Store {
  private readonly db: IDBPDatabase<Tables>
  private constructor(db: IDBPDatabase<Tables>) {
    this.db = db
  }

  static async open(name = 'fourmaps.outbox'): Promise<Store> {
    const db = await openDB<Tables>(name, 1, {
      upgrade(made) {
        made.createObjectStore('entry', { keyPath: 'seq', autoIncrement: true }).createIndex('person', 'person')
        made.createObjectStore('sent', { keyPath: 'key' }).createIndex('person', 'person')
      },
      blocking: (_now, _next, event) => (event.target as IDBDatabase).close(), // a newer page wants to change the tables
    })
    return new Store(db)
  }

  close() {
    this.db.close()
  }

  /** Writes an entry down; when this resolves it outlives the phone's sudden end. */
  async add(draft: Draft, occurredAt: number): Promise<Entry> {
    const tx = this.write(['entry', 'sent'])
    const base = draft.kind === 'create' || draft.kind === 'photo' ? undefined : upToDate(draft, await tx.objectStore('sent').index('person').getAll(draft.person))
    const entry: Omit<Entry, 'seq'> = { ...draft, base, key: uuid(), occurredAt, state: 'waiting', tried: false }
    try {
      const [seq] = await Promise.all([tx.objectStore('entry').add(entry as Entry), tx.done])
      return { ...entry, seq }
    } catch (cause) {
      if (cause instanceof DOMException && cause.name === 'QuotaExceededError') throw new FullError('full', { cause })
      throw cause
    }
  }

  /** What a person has waiting, in order. */
  async of(person: string): Promise<Entry[]> {
    return inOrder(await this.db.getAllFromIndex('entry', 'person', person))
  }

  /** What a person has sent, the last first. */
  async sentOf(person: string): Promise<Sent[]> {
    return (await this.db.getAllFromIndex('sent', 'person', person)).sort((a, b) => b.at - a.at)
  }

  /** Says that an entry is about to be sent. Its time is never after that of the server. */
  async trying(seq: number, latest: number): Promise<Entry | undefined> {
    return this.change(seq, (e) => {
      if (e.state !== 'waiting') return undefined
      return e.tried ? e : { ...e, tried: true, occurredAt: Math.min(e.occurredAt, latest) }
    })
  }

  /** Writes the answer down and takes the entry away. What builds upon it builds upon the version that it has made. */
  async sent(seq: number, version: number | undefined, at: number): Promise<void> {
    const tx = this.write(['entry', 'sent'])
    const entries = tx.objectStore('entry')
    const done = await entries.get(seq)
    if (!done) return tx.done
    const { key, person, kind, layer, row, name, base } = done
    await tx.objectStore('sent').put({ key, person, kind, layer, row, name, at, base, version })
    await entries.delete(seq)
    if (version !== undefined)
      for (const later of await entries.index('person').getAll(person))
        if (follows(later, done) && later.kind !== 'photo' && !later.tried && later.base === done.base) await entries.put({ ...later, base: version })
    const old = (await tx.objectStore('sent').index('person').getAll(person)).sort((a, b) => b.at - a.at).slice(KEPT)
    for (const { key } of old) await tx.objectStore('sent').delete(key)
    return tx.done
  }

  /** The row has another version than the person has seen; `current` is how it is now, null when it is deleted. */
  async conflict(seq: number, current: Row | null): Promise<void> {
    await this.change(seq, (e) => ({ ...e, state: 'conflict', current, tried: false }))
  }

  async refused(seq: number, refusal: Refusal): Promise<void> {
    await this.change(seq, (e) => ({ ...e, state: 'refused', refusal, tried: false }))
  }

  /** Sends an entry that was refused once more, as the person has corrected it: another write under another key. What
   * builds upon it builds upon the same version. */
  async again(seq: number, change: { base?: number | undefined; body?: Body | undefined }): Promise<void> {
    const tx = this.write(['entry'])
    const store = tx.objectStore('entry')
    const entry = await store.get(seq)
    if (entry && entry.state !== 'waiting') {
      await store.put({ ...entry, ...change, key: uuid(), state: 'waiting', tried: false, refusal: undefined, current: undefined, notBefore: undefined })
      if ('base' in change) for (const later of await store.index('person').getAll(entry.person)) if (follows(later, entry) && later.kind !== 'photo' && later.base === entry.base) await store.put({ ...later, base: change.base })
    }
    return tx.done
  }

  /** Makes a creation that was refused a change of the row that is there already, with all that builds upon it. The entry
   * stays with its person, who sends it again when it is as they want it. */
  async redirect(seq: number, to: { row: Row; name: string; body: Body; refusal: Refusal }): Promise<Entry | undefined> {
    const tx = this.write(['entry'])
    const store = tx.objectStore('entry')
    const entry = await store.get(seq)
    let now: Entry | undefined
    if (entry?.kind === 'create' && entry.state === 'refused') {
      const { row, name, body, refusal } = to
      const base = row.properties.version
      now = { ...entry, kind: 'change', row: row.id, name, base, seen: row, body, refusal, key: uuid() }
      for (const later of await store.index('person').getAll(entry.person)) if (follows(later, entry)) await store.put({ ...later, row: row.id, name, ...(later.kind === 'photo' ? {} : { base }) })
      await store.put(now)
    }
    await tx.done
    return now
  }

  /** Throws an entry away with all that builds upon it. One that the server may have already stays, and is told. */
  async drop(seq: number): Promise<boolean> {
    const tx = this.write(['entry'])
    const store = tx.objectStore('entry')
    const entry = await store.get(seq)
    if (entry?.tried) return false
    if (entry) for (const one of withFollowers(entry, await store.index('person').getAll(entry.person))) await store.delete(one.seq)
    await tx.done
    return true
  }

  private write<T extends ('entry' | 'sent')[]>(names: T) {
    // "strict": on the disk when it is done, not merely in the memory of the system.
    return this.db.transaction(names, 'readwrite', { durability: 'strict' })
  }

  private async change(seq: number, to: (entry: Entry) => Entry | undefined): Promise<Entry | undefined> {
    const tx = this.write(['entry'])
    const before = await tx.objectStore('entry').get(seq)
    const after = before && to(before)
    if (after) await tx.objectStore('entry').put(after)
    await tx.done
    return after
  }
}

// The version that a person has seen may have become another by an own entry that was sent while the form was open.
function upToDate({ layer, row, base }: Draft, sent: Sent[]): number | undefined {
  for (const s of sent.filter((s) => s.layer === layer && s.row === row && s.version !== undefined).sort((a, b) => a.version! - b.version!)) if (s.base === base) base = s.version
  return base
}
