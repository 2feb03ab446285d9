import { createExpression } from '@maplibre/maplibre-gl-style-spec'
import { expect, test } from 'vitest'
import { ageOf, type Age, type Periods } from '@/api/freshness'
import type { Layer } from '@/api/types'
import { ageExpression, ageMarks, FADED, faded } from './age'
import type { MapInput, Shown } from './input'

const layer = { name: 'risk_point', map: 'risk', symbol_field: 'kind', level_field: '', confirm_days: 90, fields: [] } as unknown as Layer
const periods: Periods = { version: 1, periods: [{ layer: 'risk_point', kind: '', days: 60 }, { layer: 'risk_point', kind: 'mine', days: 12 }, { layer: 'risk_point', kind: 'dam', days: 0 }] }
const TODAY = 20_000
const input = { theme: 'dark', factor: 1, shown: [], ages: { today: TODAY, periods } } as unknown as MapInput
const shown: Shown = { layer, selection: {} }

function evaluate(expression: unknown, properties: Record<string, unknown>): unknown {
  const made = createExpression(expression, 'layers')
  if (made.result === 'error') throw new Error(JSON.stringify(made.value))
  return made.value.evaluate({ zoom: 12 }, { type: 'Point', properties } as never)
}

// The map knows days, the list moments: at noon of the day after, and at no other time of the last day, both say the same.
test('the map judges age as lists do', () => {
  const words: Age[] = ['fresh', 'soon', 'due', 'never']
  for (const kind of ['bridge', 'mine', 'dam'])
    for (const days of [undefined, 0, 5, 9, 11, 13, 49, 51, 59, 61, 400]) {
      const at = days === undefined ? undefined : new Date((TODAY - days) * 86_400_000).toISOString()
      const list = ageOf(periods, layer, { kind, confirmed_at: at ?? null }, new Date(TODAY * 86_400_000))
      const map = words[evaluate(ageExpression(layer, input.ages!), { kind, ...(days === undefined ? {} : { confirmed_day: TODAY - days }) }) as number]
      expect([kind, days, map]).toEqual([kind, days, list === 'none' ? 'fresh' : list])
    }
})

test('what is due fades, what is not confirmed by anybody does not, and the switch turns it off', () => {
  expect(evaluate(faded(shown, input), { kind: 'mine', confirmed_day: TODAY - 13 })).toBe(FADED)
  expect(evaluate(faded(shown, input, 0.2), { kind: 'mine', confirmed_day: TODAY })).toBe(0.2)
  expect(faded({ ...shown, layer: { ...layer, confirm_days: 0 } }, input)).toBe(1)
  expect(faded(shown, { ...input, ages: undefined })).toBe(1)
  expect(ageMarks(shown, { ...input, ages: undefined }, 10)).toEqual([])
})

test('each age has a mark of its own, not a shade only', () => {
  const { paint } = ageMarks(shown, input, 10)[0] as { paint: Record<string, unknown> }
  const look = (confirmed_day?: number) => ['circle-radius', 'circle-color'].map((name) => String(evaluate(paint[name], { kind: 'mine', ...(confirmed_day === undefined ? {} : { confirmed_day }) })))
  const [fresh, soon, due, never] = [look(TODAY), look(TODAY - 11), look(TODAY - 20), look()]
  expect(fresh[0]).toBe('0')
  expect(soon[0]).not.toBe('0')
  expect(due[1]).not.toBe(soon[1])
  expect(never[1]).toBe(soon[1]) // told apart by the faded symbol
})
