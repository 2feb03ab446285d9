import { expect, test } from 'vitest'
import { disputes, resolved } from './conflict'
import type { Entry, Row } from './entry'

const row = (properties: Record<string, unknown>, geometry: unknown = null): Row => ({ id: 'a', geometry, properties: { version: 1, ...properties } })
const entry = (mine: Record<string, unknown>, seen: Row, current: Row | null, geometry?: unknown): Entry => ({
  person: 'wang', kind: 'change', layer: 'risk_point', row: 'a', base: 1, name: 'a', seq: 1, key: 'k', occurredAt: 0, state: 'conflict', tried: false,
  body: { properties: mine, ...(geometry === undefined ? {} : { geometry }) }, seen, current,
})

test('only what both have changed, and differently, is disputed', () => {
  const seen = row({ name: 'old', kind: 'mine', address: 'x', phone: null })
  const e = entry({ name: 'mine', kind: 'dam', address: 'y' }, seen, row({ name: 'theirs', kind: 'mine', address: 'y', phone: '1' }))
  expect(disputes(e)).toEqual([{ field: 'name', before: 'old', mine: 'mine', theirs: 'theirs' }])
})

test('a missing value and null are the same', () => {
  expect(disputes(entry({ phone: '1' }, row({}), row({ phone: null })))).toEqual([])
})

test('a place that both have moved is disputed', () => {
  const at = (x: number) => ({ type: 'Point', coordinates: [x, 28] })
  expect(disputes(entry({}, row({}, at(1)), row({}, at(2)), at(3))).map((d) => d.field)).toEqual(['geometry'])
  expect(disputes(entry({}, row({}, at(1)), row({}, at(1)), at(3)))).toEqual([])
})

test('what the other keeps is left out of the change; a change without anything is none', () => {
  const e = entry({ name: 'mine', kind: 'dam' }, row({ name: 'old' }), row({ name: 'theirs' }))
  expect(resolved(e, new Set(['name']))).toEqual({ properties: { kind: 'dam' } })
  expect(resolved(e, new Set(['name', 'kind']))).toBeUndefined()
  expect(resolved(e, new Set())).toEqual(e.body)
})

test('a deleted row has no fields to choose from', () => {
  expect(disputes(entry({ name: 'mine' }, row({}), null))).toEqual([])
})
