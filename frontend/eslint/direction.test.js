import { expect, test } from 'vitest'
import { fault } from './direction.js'

test.each([
  [{ folder: 'app' }, { folder: 'features', feature: 'list' }, true],
  [{ folder: 'features', feature: 'list' }, { folder: 'map' }, true],
  [{ folder: 'features', feature: 'list' }, { folder: 'features', feature: 'list' }, true],
  [{ folder: 'features', feature: 'list' }, { folder: 'features', feature: 'card' }, false],
  [{ folder: 'features', feature: 'list' }, { folder: 'app' }, false],
  [{ folder: 'features', feature: 'list' }, { folder: 'fields' }, true],
  [{ folder: 'fields' }, { folder: 'features', feature: 'list' }, false],
  [{ folder: 'map' }, { folder: 'features', feature: 'list' }, false],
  [{ folder: 'api' }, { folder: 'ui' }, false],
  [{ folder: 'ui' }, { folder: 'api' }, false],
  [{ folder: 'lib' }, { folder: 'ui' }, false],
])('%o importing %o is allowed: %s', (from, to, allowed) => {
  expect(fault(from, to) === undefined).toBe(allowed)
})
