import { describe, expect, it } from 'vitest'
import { ageOf, periodOf, type Periods } from './freshness'
import type { Layer } from './types'

const layer = { name: 'risk_point', symbol_field: 'kind', confirm_days: 90 } as Layer
const periods: Periods = { version: 3, periods: [{ layer: 'risk_point', kind: '', days: 60 }, { layer: 'risk_point', kind: 'mine', days: 12 }, { layer: 'risk_point', kind: 'dam', days: 0 }, { layer: 'material_site', kind: '', days: 7 }] }
const now = new Date('2026-11-22T00:00:00Z')
const row = (kind: string, daysAgo?: number) => ({ kind, confirmed_at: daysAgo === undefined ? null : new Date(now.getTime() - daysAgo * 86_400_000).toISOString() })

describe('a period', () => {
  it('is that of the kind before that of the layer', () => expect(['mine', 'dam', 'bridge'].map((kind) => periodOf(periods, layer, kind))).toEqual([12, 0, 60]))
  it('is the declared one until the server has told', () => expect(periodOf(undefined, layer, 'mine')).toBe(90))
})

it.each([
  ['bridge', 0, 'fresh'], ['bridge', 50, 'fresh'], ['bridge', 50.1, 'soon'], ['bridge', 60, 'soon'], ['bridge', 60.1, 'due'], ['bridge', undefined, 'never'],
  ['mine', 11, 'soon'], ['mine', 13, 'due'], ['dam', 1000, 'none'], ['dam', undefined, 'none'],
] as const)('a %s confirmed %s days ago is %s', (kind, days, age) => expect(ageOf(periods, layer, row(kind, days), now)).toBe(age))

it('does not age where nobody confirms', () => expect(ageOf(periods, { ...layer, confirm_days: 0 }, row('mine'), now)).toBe('none'))
