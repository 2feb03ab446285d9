import { expect, test } from 'vitest'
import { en } from './en'
import { zh } from './zh'

const flat = (node: object, at = ''): [string, string][] =>
  Object.entries(node).flatMap(([key, value]) => (typeof value === 'string' ? [[`${at}${key}`, value] as [string, string]] : flat(value, `${at}${key}.`)))
const slots = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort()

test('both languages say the same things with the same slots', () => {
  const english = new Map(flat(en))
  for (const [key, text] of flat(zh)) {
    expect(english.get(key), key).toBeTruthy()
    expect(slots(english.get(key)!), key).toEqual(slots(text))
  }
  expect(english.size).toBe(flat(zh).length)
})

test('English has no Chinese characters and no phrase is empty', () => {
  for (const [key, text] of flat(en)) expect(/[\u4e00-\u9fff]/.test(text), key).toBe(false)
})
