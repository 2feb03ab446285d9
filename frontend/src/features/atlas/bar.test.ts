import { expect, test } from 'vitest'
import { barFor } from './bar'

test.each([
  [1234, 1000, 81], [4999, 2000, 40], [5000, 5000, 100], [0.7, 0.5, 71],
])('%d m in 100 px', (span, metres, pixels) => expect(barFor(span, 100)).toEqual({ metres, pixels }))

test('nothing for a map that has no size', () => expect(barFor(0, 100)).toEqual({ metres: 0, pixels: 0 }))
