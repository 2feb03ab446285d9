import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openStream, type ServerEvent } from './stream'

class FakeSource {
  static readonly CLOSED = 2
  static all: FakeSource[] = []
  readyState = 0
  onopen: (() => void) | undefined
  onerror: (() => void) | undefined
  private heard = new Map<string, (message: { data: string; lastEventId: string }) => void>()
  readonly url: string
  constructor(url: string) {
    this.url = url
    FakeSource.all.push(this)
  }
  addEventListener(name: string, listener: (message: { data: string; lastEventId: string }) => void) {
    this.heard.set(name, listener)
  }
  close() {
    this.readyState = FakeSource.CLOSED
  }
  open() {
    this.readyState = 1
    this.onopen?.()
  }
  refuse() {
    this.readyState = FakeSource.CLOSED
    this.onerror?.()
  }
  say(name: string, data: string, id: string) {
    this.heard.get(name)?.({ data, lastEventId: id })
  }
}
const open = () => FakeSource.all.filter((s) => s.readyState !== FakeSource.CLOSED)
const last = () => FakeSource.all.at(-1)!
const beat = () => last().say('heartbeat', '{"seq":1}', '')

let log: string[]
const listener = { event: (e: ServerEvent) => log.push(e.name), up: (again: boolean) => log.push(again ? 'up again' : 'up'), down: () => log.push('down') }

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('EventSource', FakeSource)
  FakeSource.all = []
  log = []
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('a refused stream is opened again, and the new one is left alone', () => {
  const stream = openStream(listener)
  vi.advanceTimersByTime(5000)
  last().refuse()
  vi.advanceTimersByTime(2000)
  last().open()
  for (let i = 0; i < 12; i++) {
    vi.advanceTimersByTime(15_000)
    beat()
  }
  expect(FakeSource.all).toHaveLength(2)
  expect(log.filter((w) => w === 'down')).toHaveLength(1)
  stream.close()
})

test('a silent stream is replaced and goes on after the last number', () => {
  const stream = openStream(listener)
  last().open()
  last().say('change', '{"seq":7,"layer":"risk_point"}', '7')
  vi.advanceTimersByTime(43_000)
  expect(last().url).toBe('/api/events?last_event_id=7')
  expect(open()).toHaveLength(1)
  last().open()
  expect(log).toEqual(['up', 'change', 'down', 'up again'])
  stream.close()
})

test('half a message is left out', () => {
  const stream = openStream(listener)
  last().say('change', '{"seq":', '8')
  expect(log).toEqual([])
  stream.close()
})

test('a closed stream stays closed', () => {
  openStream(listener).close()
  vi.advanceTimersByTime(120_000)
  expect(FakeSource.all).toHaveLength(1)
  expect(open()).toHaveLength(0)
})
