import { describe, expect, test } from 'vitest'
import { emptyView, readView, toggled, writeQuery, type View } from './state'

const full: View = {
  map: 'risk', area: '990101003', q: '青石', layer: 'risk_point', tab: 'areas', sort: '-people_threatened', inView: true,
  filters: { risk_point: { risk_level: 'major,larger', 'people_threatened.min': '10' } },
  selected: { layer: 'risk_point', id: '0195-a' }, camera: { lng: 112.5, lat: 28.25, zoom: 11.5 },
}

test('a view survives its address', () => {
  expect(readView(full.map, writeQuery(full))).toEqual(full)
})

test('the plain view has a plain address', () => {
  expect(writeQuery(emptyView)).toEqual({})
})

describe('malformed addresses are left out', () => {
  test.each([
    ['area', '99; DROP'], ['area', 'abc'], ['area', '99012'], ['at', '1,2'], ['at', 'a,b,c'], ['at', '200,0,3'], ['at', '1,2,NaN'], ['sel', 'risk_point'], ['tab', 'x'],
  ])('%s=%s', (key, value) => {
    expect(readView('all', { [key]: value })).toEqual(emptyView)
  })
  test('an unknown map', () => expect(readView('nothing', {}).map).toBe('all'))
  test('a repeated key', () => expect(readView('all', { q: ['a', 'b'] }).q).toBe(''))
})

describe('toggled', () => {
  const all = ['major', 'larger', 'general']
  test('none chosen → only this one', () => expect(toggled('', 'larger', all)).toBe('larger'))
  test('keeps the declared order', () => expect(toggled('larger', 'major', all)).toBe('major,larger'))
  test('the last one off → all', () => expect(toggled('larger', 'larger', all)).toBe(''))
  test('all on → no filter', () => expect(toggled('major,larger', 'general', all)).toBe(''))
})
