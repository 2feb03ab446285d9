import { expect, test } from 'vitest'
import { apart } from './names'

const at = (name: string, x: number, y: number) => ({ name, at: { x, y } })
const names = (list: { name: string }[]) => list.map((n) => n.name)

test('a name that would lie on another is left out', () => {
  expect(names(apart([at('临渚街道', 10, 5), at('松岗乡', 200, 5)], [at('合溪街道', 0, 0)], 13))).toEqual(['松岗乡'])
})

test('of two that would lie on each other the first is written', () => {
  expect(names(apart([at('甲乡', 0, 0), at('乙乡', 10, 0)], [], 13))).toEqual(['甲乡'])
})

test('a long English name takes two lines, not twice the width', () => {
  expect(names(apart([at('Wanglan Subdistrict', 0, 0), at('Hexi Town', 75, 0)], [], 13))).toHaveLength(2)
  expect(names(apart([at('Wanglan Subdistrict', 0, 0), at('Hexi Town', 0, 20)], [], 13))).toHaveLength(1)
})
