import 'fake-indexeddb/auto'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Draft, Entry } from './entry'
import { flush, keepSending, type Outcome, type Sender } from './sender'
import { FullError, Store } from './store'

let names = 0
let name: string
beforeEach(() => {
  name = `outbox-${names++}`
})
afterEach(() => vi.useRealTimers())

const create = (row: string, person = 'wang'): Draft => ({ person, kind: 'create', layer: 'risk_point', row, name: row, body: { properties: { name: row } } })
const change = (row: string, base: number | undefined, field = 'name', person = 'wang'): Draft => ({ person, kind: 'change', layer: 'risk_point', row, base, name: row, body: { properties: { [field]: 'x' } } })
const photo = (row: string): Draft => ({ person: 'wang', kind: 'photo', layer: 'risk_point', row, name: row, photo: { bytes: new Uint8Array([1, 2, 3]).buffer, type: 'image/jpeg', name: 'a.jpg' } })
const confirm = (row: string, base: number | undefined, notBefore?: number): Draft => ({ person: 'wang', kind: 'confirm', layer: 'risk_point', row, base, name: row, body: {}, notBefore })

/** A server that keeps keys, as the real one does. */
function server() {
  const rows = new Map<string, number>()
  const answers = new Map<string, Outcome>()
  const done: string[] = [] // each write that had an effect
  function take(e: Entry): Outcome {
    const before = answers.get(e.key)
    if (before) return before
    let outcome: Outcome
    if (e.kind === 'create') outcome = rows.has(e.row) ? { kind: 'refused', refusal: { code: 'conflict', text: '' } } : { kind: 'sent', version: 1 }
    else if (!rows.has(e.row)) return { kind: 'refused', refusal: { code: 'not_found', text: '' } }
    else if (e.kind === 'photo') outcome = { kind: 'sent' }
    else if (e.base !== rows.get(e.row)) return { kind: 'conflict', current: { id: e.row, geometry: null, properties: { version: rows.get(e.row)! } } }
    else outcome = { kind: 'sent', version: e.base! + 1 }
    if (outcome.kind === 'sent') {
      if (outcome.version) rows.set(e.row, outcome.version)
      done.push(`${e.kind} ${e.row}`)
      answers.set(e.key, outcome)
    }
    return outcome
  }
  return { rows, done, take }
}

const sender = (store: Store, transport: Sender['transport'], more: Partial<Sender> = {}): Sender => ({ person: 'wang', store, transport, now: () => Date.now(), offset: () => 0, tell: () => undefined, changed: () => undefined, ...more })

describe('sending', () => {
  test('in order; what builds upon a new row follows it and gets its version', async () => {
    const store = await Store.open(name)
    const there = server()
    for (const draft of [create('a'), photo('a'), change('a', undefined), confirm('a', undefined), create('b')]) await store.add(draft, 0)
    await flush(sender(store, async (e) => there.take(e)))
    expect(there.done).toEqual(['create a', 'photo a', 'change a', 'confirm a', 'create b'])
    expect(there.rows.get('a')).toBe(3)
    expect(await store.of('wang')).toEqual([])
    expect((await store.sentOf('wang')).length).toBe(5)
  })

  test('a conflict holds back what builds upon it, and nothing else', async () => {
    const store = await Store.open(name)
    const there = server()
    there.rows.set('a', 7).set('b', 1)
    for (const draft of [change('a', 6), confirm('a', 6), photo('a'), change('b', 1)]) await store.add(draft, 0)
    await flush(sender(store, async (e) => there.take(e)))
    expect(there.done).toEqual(['photo a', 'change b'])
    const [first, second] = await store.of('wang')
    expect([first!.state, first!.current?.properties.version, second!.state]).toEqual(['conflict', 7, 'waiting'])
    await store.again(first!.seq, { base: 7 })
    await flush(sender(store, async (e) => there.take(e)))
    expect(there.done.slice(2)).toEqual(['change a', 'confirm a'])
    expect(there.rows.get('a')).toBe(9)
  })

  test('photos of a new row that is refused wait with it, and go with it when it is dropped', async () => {
    const store = await Store.open(name)
    const entry = await store.add(create('a'), 0)
    await store.add(photo('a'), 0)
    await flush(sender(store, async () => ({ kind: 'refused', refusal: { code: 'invalid_entry', text: 'no' } })))
    expect((await store.of('wang')).map((e) => [e.kind, e.state])).toEqual([['create', 'refused'], ['photo', 'waiting']])
    expect(await store.drop(entry.seq)).toBe(true)
    expect(await store.of('wang')).toEqual([])
  })

  test('nobody else sends nor sees the entries of a person', async () => {
    const store = await Store.open(name)
    await store.add(create('a', 'wang'), 0)
    await store.add(create('b', 'li'), 0)
    const there = server()
    await flush(sender(store, async (e) => there.take(e), { person: 'li' }))
    expect(there.done).toEqual(['create b'])
    expect((await store.of('li')).length + (await store.sentOf('wang')).length).toBe(0)
    expect((await store.of('wang')).length).toBe(1)
  })

  test('a session that has ended stops at once and loses nothing', async () => {
    const store = await Store.open(name)
    await store.add(create('a'), 0)
    await store.add(create('b'), 0)
    let asked = 0
    const phases: string[] = []
    expect(await flush(sender(store, async () => (asked++, { kind: 'signed_out' }), { tell: (p) => phases.push(p) }))).toBeUndefined()
    expect([asked, phases.at(-1), (await store.of('wang')).length]).toEqual([1, 'signed_out', 2])
  })

  test('what can be taken back waits its seconds; what may be with the server cannot be', async () => {
    const store = await Store.open(name)
    const there = server()
    there.rows.set('a', 1)
    let now = 1000
    const s = sender(store, async (e) => there.take(e), { now: () => now })
    const entry = await store.add(confirm('a', 1, 6000), 0)
    expect(await flush(s)).toBe(5000)
    expect(there.done).toEqual([])
    expect(await store.drop(entry.seq)).toBe(true)
    const second = await store.add(confirm('a', 1, 6000), 0)
    now = 6000
    await flush(sender(store, async () => ({ kind: 'later' }), { now: () => now }))
    expect(await store.drop(second.seq)).toBe(false)
    await flush(s)
    expect(there.done).toEqual(['confirm a'])
  })

  test('a clock that was ahead does not make an entry later than now', async () => {
    const store = await Store.open(name)
    await store.add(create('a'), 9_000_000)
    let at = 0
    await flush(sender(store, async (e) => ((at = e.occurredAt), { kind: 'sent', version: 1 }), { now: () => 5000, offset: () => -1000 }))
    expect(at).toBe(4000)
  })

  test('only the last sent ones are remembered', async () => {
    const store = await Store.open(name)
    for (let i = 0; i < 60; i++) await store.add(create(`r${i}`), 0)
    await flush(sender(store, async () => ({ kind: 'sent', version: 1 })))
    expect((await store.sentOf('wang')).length).toBe(50)
  })
})

test('a new row that is there already becomes a change of that one, with its photos', async () => {
  const store = await Store.open(name)
  const there = server()
  there.rows.set('old', 4)
  const first = await store.add(create('a'), 0)
  for (const draft of [photo('a'), confirm('a', undefined), create('b')]) await store.add(draft, 0)
  await store.refused(first.seq, { code: 'needs_decision', text: '' })
  const now = await store.redirect(first.seq, { row: { id: 'old', geometry: null, properties: { version: 4, name: 'Old' } }, name: 'Old', body: { properties: { kind: 'x' } }, refusal: { code: 'merged', text: 'look' } })
  expect(now).toMatchObject({ kind: 'change', row: 'old', base: 4, name: 'Old', state: 'refused', refusal: { code: 'merged' } })
  expect(now!.key).not.toBe(first.key)
  await flush(sender(store, async (e) => there.take(e)))
  expect(there.done, 'nothing of it before its person says so, but photos').toEqual(['photo old', 'create b'])
  await store.again(first.seq, {})
  await flush(sender(store, async (e) => there.take(e)))
  expect(there.done.slice(2)).toEqual(['change old', 'confirm old'])
  expect(there.rows.get('old')).toBe(6)
  expect(await store.of('wang')).toEqual([])
  // What is no creation, or was taken meanwhile, stays as it is.
  const other = await store.add(change('old', 6), 0)
  expect(await store.redirect(other.seq, { row: { id: 'z', geometry: null, properties: { version: 1 } }, name: 'z', body: {}, refusal: { code: 'merged', text: '' } })).toBeUndefined()
  expect((await store.of('wang'))[0]).toMatchObject({ row: 'old', kind: 'change' })
})

test('a phone without room says so, and keeps what it had', async () => {
  const store = await Store.open(name)
  await store.add(create('a'), 0)
  const add = vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementationOnce(() => {
    throw new DOMException('full', 'QuotaExceededError')
  })
  await expect(store.add(photo('a'), 0)).rejects.toBeInstanceOf(FullError)
  add.mockRestore()
  expect((await store.of('wang')).length).toBe(1)
})

test('without network it tries again, waiting longer; a poke tries at once', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  const store = await Store.open(name)
  await store.add(create('a'), 0)
  const at: number[] = []
  let online = false
  const running = keepSending(sender(store, async () => (at.push(Date.now()), online ? { kind: 'sent', version: 1 } : { kind: 'later' })))
  const settle = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 100) {
      await vi.advanceTimersByTimeAsync(100)
      for (let i = 0; i < 3; i++) await new Promise((done) => setImmediate(done))
    }
  }
  running.poke()
  await settle(20_000)
  const gaps = at.slice(1).map((t, i) => t - at[i]!)
  expect(gaps.length).toBeGreaterThanOrEqual(2)
  expect(gaps[1]!).toBeGreaterThan(gaps[0]!)
  online = true
  running.poke()
  await settle(500)
  expect(await store.of('wang')).toEqual([])
  running.stop()
})

// The phone ends at any moment: before or after any step of the outbox, before or after the server has taken an entry.
class Killed extends Error {}

function chance(seed: number) {
  let state = seed * 2654435761 + 1
  return () => ((state = (state * 1664525 + 1013904223) % 4294967296), state / 4294967296)
}

function mortal(store: Store, random: () => number): Store {
  return new Proxy(store, {
    get(target, property) {
      const value = Reflect.get(target, property, target) as unknown
      if (typeof value !== 'function') return value
      return async (...args: unknown[]) => {
        if (random() < 0.12) throw new Killed()
        const answer: unknown = await (value as (...a: unknown[]) => Promise<unknown>).apply(target, args)
        if (random() < 0.12) throw new Killed()
        return answer
      }
    },
  })
}

test.each(Array.from({ length: 60 }, (_, i) => i))('killed at any moment, each entry is sent exactly once (%i)', async (seed) => {
  const random = chance(seed)
  const there = server()
  there.rows.set('old', 1)
  const drafts = [create('a'), confirm('old', 1), photo('a'), change('a', undefined), create('b'), photo('b'), change('old', 1, 'kind'), confirm('a', undefined), photo('old'), change('b', undefined)]
  let store = await Store.open(name)
  const wanted: string[] = []
  const unsure: string[] = [] // the phone ended while it was written down
  const live = async (work: () => Promise<unknown>) => {
    try {
      await work()
    } catch (cause) {
      if (!(cause instanceof Killed)) throw cause
      store.close()
      store = await Store.open(name)
    }
  }
  const send = () => flush(sender(mortal(store, random), async (e) => {
    if (random() < 0.15) return { kind: 'later' } // did not get there
    const outcome = there.take(e)
    if (random() < 0.2) throw new Killed()
    return random() < 0.15 ? { kind: 'later' } : outcome // the answer was lost
  }))
  for (const draft of drafts) {
    const what = `${draft.kind} ${draft.row}`
    let kept = false
    await live(async () => {
      await mortal(store, random).add(draft, 0)
      kept = true
    })
    ;(kept ? wanted : unsure).push(what)
    if (!kept && !(await store.of('wang')).some((e) => `${e.kind} ${e.row}` === what && !wanted.includes(what))) unsure.pop()
    if (random() < 0.7) await live(send)
  }
  for (let i = 0; i < 200 && (await store.of('wang')).some((e) => e.state === 'waiting'); i++) {
    await live(send)
    if (i > 100) await flush(sender(store, async (e) => there.take(e)))
  }
  const left = await store.of('wang')
  const sent = [...there.done].sort()
  expect(new Set(sent).size, 'nothing twice').toBe(sent.length)
  // What is not with the server is still here, told as refused (a row whose creation was never written down is not there).
  for (const what of [...wanted, ...unsure]) expect(sent.includes(what) !== left.some((e) => `${e.kind} ${e.row}` === what), what).toBe(true)
  for (const e of left) expect(e.state === 'refused' && e.refusal?.code === 'not_found' || e.state === 'waiting', `${e.kind} ${e.row} ${e.state}`).toBe(true)
  if (wanted.includes('create a')) expect(left.filter((e) => e.row === 'a')).toEqual([])
})
