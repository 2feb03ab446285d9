import { expect, test } from 'vitest'
import type { Layer } from '@/api/types'
import { placeHere } from './place'
import type { Where } from './usePosition'

const layer = (limit: number) => ({ accuracy_limit_m: limit }) as Layer
const fix = (accuracy: number, time = 1000): Where => ({ kind: 'fix', at: [112, 28], accuracy, time })

test('a fix as good as the limit is taken with its accuracy', () => expect(placeHere(fix(50), layer(50), 1000)).toEqual({ at: [112, 28], accuracy: 50 }))
test('a worse one is refused with both numbers', () => expect(placeHere(fix(50.1), layer(50), 1000)).toEqual({ kind: 'inaccurate', metres: 51, limit: 50 }))
test('a layer without a limit takes any', () => expect(placeHere(fix(900), layer(0), 1000)).toEqual({ at: [112, 28], accuracy: 900 }))
test('a fix of a minute ago is where one was', () => expect(placeHere(fix(5), layer(50), 61_001)).toEqual({ kind: 'old' }))
test('no fix is none', () => expect(placeHere({ kind: 'insecure' }, layer(50), 1000)).toBeUndefined())
