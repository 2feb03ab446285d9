import { expect, test } from 'vitest'
import type { Import } from '@/api/imports'
import type { Field, Layer } from '@/api/types'
import { byDepth, choicesOf, formOf, placed, proposed, twice, unfilled } from './choices'

const field = (name: string, more: Partial<Field> = {}) => ({ name, type: 'text', required: false, read_only: false, default: '', layer: '', choices: [], ...more }) as unknown as Field
const layer = { name: 'command_unit', fields: [field('kind', { type: 'choice', required: true }), field('level', { type: 'choice', required: true }), field('note'), field('state', { required: true, default: 'none' }), field('parent_id', { type: 'reference', layer: 'command_unit' })] } as unknown as Layer
const draft = { layer: 'command_unit', choices: { mapping: [{ column: '名称', field: 'name' }], constants: { kind: 'office' }, levels: { columns: [], by_depth: null }, crs: '', origin: '台账' } } as unknown as Import

test('what is chosen comes back as it was', () => {
  const form = formOf(draft)
  expect(form.mapping).toEqual({ 名称: 'name' })
  expect(choicesOf(form, ['序号', '名称'])).toMatchObject({ mapping: [{ column: '名称', field: 'name' }], constants: { kind: 'office' }, levels: { columns: [], by_depth: {} }, origin: '台账' })
})

test('an empty value for all rows is none', () => {
  expect(choicesOf({ ...formOf(draft), constants: { kind: '' } }, []).constants).toEqual({})
})

test('needed fields without a column ask for a value, unless they have a default or follow from the depth', () => {
  const form = { ...formOf(draft), mapping: proposed([{ column: 'a', field: 'level' } as never]) }
  expect(unfilled(layer, form).map((f) => f.name)).toEqual(['kind'])
  const tree = { ...form, mapping: {}, levels: { columns: ['局', '课'], by_depth: { kind: ['office'], level: [] } } }
  expect(unfilled(layer, tree).map((f) => f.name)).toEqual(['level'])
  expect(byDepth(layer, tree).map((f) => f.name)).toEqual(['kind', 'level'])
})

test('one target takes one column', () => {
  const form = formOf(draft)
  expect(twice({ ...form, mapping: { a: 'lon', b: 'lat' } })).toBeUndefined()
  expect(twice({ ...form, mapping: { a: 'name', b: 'name', c: '' } })).toBe('name')
  expect(placed({ ...form, mapping: { a: 'lonlat' } })).toBe(true)
})
