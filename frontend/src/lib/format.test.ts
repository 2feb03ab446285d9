import { expect, test } from 'vitest'
import { age, calendarDate, clock, metres, squareMetres } from './format'

test.each([
  [820, '820 米', '820 m'],
  [3420, '3.42 公里', '3.42 km'],
  [123_456, '123.5 公里', '123.5 km'],
])('%d metres', (value, zh, en) => {
  expect(metres(value, 'zh')).toBe(zh)
  expect(metres(value, 'en')).toBe(en)
})

test('areas use the unit that people use', () => {
  expect(squareMetres(640, 'zh')).toBe('640 平方米')
  expect(squareMetres(20_000, 'zh')).toBe('2 公顷（30 亩）')
  expect(squareMetres(2_500_000, 'en')).toBe('2.5 km²')
})

test('the clock is that of Shanghai wherever the browser is', () => {
  expect(clock(new Date('2026-11-22T16:42:08Z'), 'zh')).toBe('00:42')
})

test('a date is not shifted by the time zone', () => {
  expect(calendarDate('2026-03-01', 'zh')).toBe('2026/03/01')
})

test.each([
  [30, '刚刚', 'just now'],
  [300, '5分钟前', '5 minutes ago'],
  [86_400 * 3, '3天前', '3 days ago'],
  [86_400 * 100, '3个月前', '3 months ago'],
])('%d seconds ago', (seconds, zh, en) => {
  const now = new Date('2026-11-22T10:00:00Z')
  const then = new Date(now.getTime() - seconds * 1000)
  expect(age(then, now, 'zh').replaceAll(' ', '')).toBe(zh)
  expect(age(then, now, 'en')).toBe(en)
})
