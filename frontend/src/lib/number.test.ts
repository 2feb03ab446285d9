import { expect, test } from 'vitest'
import { readNumber } from './number'

test.each<[string, unknown]>([
  ['', null], ['  ', null], ['12', 12], ['-3.5', -3.5], ['+4', 4], ['.5', 0.5], ['1.', 1], [' 7 ', 7],
  ['１２．５', 12.5], ['－３', -3], ['−3', -3], ['1,200', 1200], ['1，200，000.5', 1200000.5], ['０', 0],
])('%j is %j', (text, value) => expect(readNumber(text)).toBe(value))

test.each(['1e3', '0x10', 'Infinity', '12a', '1,20', '1,2000', '--1', '三', '1 2'])('%j is no number, and stays as it is', (text) => expect(readNumber(text)).toBe(text))
