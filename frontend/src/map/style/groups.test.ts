import { expect, test } from 'vitest'
import type { Layer, Option } from '@/api/types'
import { gravest, gravestLayers, gravestSelection, groups } from './groups'
import type { MapInput, Shown } from './input'

const choice = (value: string) => ({ value, label: { zh: value, en: value }, colour: '#f2383a', symbol: 'octagon' }) as Option
const layer = {
  name: 'risk_point', map: 'risk', level_field: 'risk_level', symbol_field: '',
  fields: [{ name: 'risk_level', choices: [choice('major'), choice('larger'), choice('low')] }],
} as unknown as Layer
const shown = (selection = {}): Shown => ({ layer, selection })
const plain = { ...layer, name: 'store', map: 'material', level_field: '' } as Layer
const input = (...list: Shown[]) => ({ theme: 'dark', lang: 'zh', factor: 1, shown: list }) as unknown as MapInput

test.each([
  [{}, 'major'],
  [{ risk_level: 'major,low' }, 'major'],
  [{ risk_level: 'low' }, undefined], // not asked for
  [{ risk_level: 'major' }, undefined], // nothing else can hide them
])('the gravest rows are drawn by themselves: %o', (selection, level) => {
  expect(gravest(shown(selection))?.value).toBe(level)
})

test('they are chosen by the selection and their level', () => {
  expect(gravestSelection(shown({ area: '99', risk_level: 'major,low' }), choice('major'))).toEqual({ area: '99', risk_level: 'major' })
})

test('a layer without levels has no gravest rows', () => {
  const store = { ...shown(), layer: plain }
  expect(gravestLayers(store, input(store), 11)).toEqual([])
})

type Drawn = { layout: Record<string, unknown>; paint: Record<string, [number, number]> }

test('a group of one level only is drawn as that level', () => {
  const one = shown({ risk_level: 'low' })
  expect((groups(one, input(one)) as Drawn).layout['icon-image']).toBe('dark|cell|risk_point|low|')
  const all = shown()
  expect((groups(all, input(all)) as Drawn).layout['icon-image']).toBe('dark|cell|risk_point||')
})

test('groups of different layers stand apart, those of a single layer at their place', () => {
  const list = [shown(), { ...shown(), layer: plain }]
  const places = list.map((s) => (groups(s, input(...list)) as Drawn).paint['icon-translate']!.join())
  expect(new Set(places).size).toBe(2)
  expect((groups(list[0]!, input(list[0]!)) as Drawn).paint['icon-translate']).toEqual([0, 0])
})
