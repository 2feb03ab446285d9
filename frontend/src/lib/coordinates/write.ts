import type { Place } from './parse'

/** Decimal degrees as fields show them: seven decimals at most, longitude first. */
export const decimal = ({ lng, lat }: Place): string => `${Number(lng.toFixed(7))}, ${Number(lat.toFixed(7))}`

/** Degrees, minutes and seconds with a decimal of a second (three metres), longitude first. */
export const sexagesimal = ({ lng, lat }: Place): string => `${angle(lng, 'E', 'W')} ${angle(lat, 'N', 'S')}`

function angle(value: number, plus: string, minus: string): string {
  const tenths = Math.round(Math.abs(value) * 36_000)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${Math.floor(tenths / 36_000)}°${two(Math.floor(tenths / 600) % 60)}′${two(Math.floor(tenths / 10) % 60)}.${tenths % 10}″${value < 0 ? minus : plus}`
}
