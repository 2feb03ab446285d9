import { expect, test } from 'vitest'
import { fromLocal, toLocal } from './local'

test.each([['2026-07-14T00:30:00.000Z', '2026-07-14T08:30'], ['2025-12-31T16:00:00.000Z', '2026-01-01T00:00']])('%s is %s in China', (iso, local) => {
  expect(toLocal(iso)).toBe(local)
  expect(fromLocal(local)).toBe(iso)
})

test.each(['', 'x', '2026-07'])('%j is no time', (text) => {
  expect(toLocal(text === '2026-07' ? '' : text)).toBe('')
  expect(fromLocal(text)).toBeNull()
})
