import { expect, test } from 'vitest'
import { uuid } from './uuid'

test('is a version 7 UUID that sorts by time and does not repeat', () => {
  expect(uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(uuid(1_700_000_000_000).startsWith('018bcfe5-6800-7')).toBe(true)
  expect(uuid(1000) < uuid(1001)).toBe(true)
  expect(new Set(Array.from({ length: 1000 }, () => uuid())).size).toBe(1000)
})
