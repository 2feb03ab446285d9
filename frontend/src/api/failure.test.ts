import { expect, test } from 'vitest'
import { ApiError, NetworkError } from './client'
import { errorText } from './failure'
import type { Problem } from './types'

const says = (error: unknown) => errorText(error, (key) => key)

test('an error is told in the server’s words, or as the network’s; that nobody is signed in is not told twice', () => {
  expect(says(new ApiError(409, { code: 'busy', detail: '其他人正在导出' } as Problem))).toBe('其他人正在导出')
  expect(says(new NetworkError('network'))).toBe('error.network')
  expect(says(new TypeError('x is undefined'))).toBe('error.network')
  expect(says(new ApiError(401, { code: 'not_signed_in', detail: '请先登录' } as Problem))).toBe('')
})
