import { expect, test } from 'vitest'
import type { FieldRow } from './useField'
import { fitting } from './search'

const row = (layer: string, properties: object) => ({ type: 'Feature', id: String((properties as { name: string }).name), layer, geometry: null, properties: { version: 1, ...properties } }) as FieldRow
const rows = [
  row('command_unit', { name: '县应急指挥部', name_en: 'County Headquarters', code: 'X1' }),
  row('command_unit', { name: '望澜街道应急办', address: '人民路 8 号' }),
  row('risk_point', { name: '人民路加油站' }),
]

test.each([
  ['应急', 'command_unit', ['县应急指挥部', '望澜街道应急办']],
  ['  HEADQUARTERS ', 'command_unit', ['县应急指挥部']],
  ['人民路', 'command_unit', ['望澜街道应急办']], // by its address
  ['x1', 'command_unit', ['县应急指挥部']],
  ['', 'command_unit', ['县应急指挥部', '望澜街道应急办']],
  ['没有', 'command_unit', []],
])('%j among %s', (words, layer, names) => {
  expect(fitting(rows, layer, words).map((r) => r.properties.name)).toEqual(names)
})

test('of all layers where none is named', () => {
  expect(fitting(rows, undefined, '人民路').map((r) => r.properties.name)).toEqual(['人民路加油站', '望澜街道应急办'])
})
