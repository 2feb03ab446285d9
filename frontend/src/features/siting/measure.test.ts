import { describe, expect, it } from 'vitest'
import { barOf, distinct } from './measure'

describe('figures of findings', () => {
  it('never reads like what is required', () => {
    expect(distinct(4.96, 5)).toBe('4.96')
    expect(distinct(4.996, 5)).toBe('4.996')
    expect(distinct(3.2, 4)).toBe('3.2')
    expect(distinct(320.04, 500)).toBe('320')
  })
  it('puts the requirement inside the bar', () => {
    const short = barOf({ measure: 'distance' }, { measured: 320, required: 500 })!
    expect(short.measured).toBeLessThan(short.required)
    expect(short.required).toBeLessThan(1)
    const over = barOf({ measure: 'maximum' }, { measured: 900, required: 300 })!
    expect(over.required).toBeLessThan(over.measured)
    expect(over.measured).toBeLessThan(1)
  })
  it('draws none for what lies inside', () => {
    expect(barOf({ measure: 'inside' }, { measured: 0, required: 0 })).toBeUndefined()
    expect(barOf({ measure: 'distance' }, { measured: 0, required: 0 })).toBeUndefined()
  })
})
