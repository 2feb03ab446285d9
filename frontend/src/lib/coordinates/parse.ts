// Reads a coordinate pair as people write it: decimal degrees, degrees and minutes, degrees, minutes and seconds, with
// or without hemispheres, in Chinese or Latin signs, in either order where the order can be told.
import { CHINA, within } from './swap'

/** Degrees in the system in which they were typed. */
export interface Place {
  lng: number
  lat: number
}

/** empty; form: no coordinates; two: not exactly two; axis: twice a latitude; minutes: 60 or more; range: no such degrees;
 * zero: what devices write that have no position. */
export type Fault = 'empty' | 'form' | 'two' | 'axis' | 'minutes' | 'range' | 'zero'

/** `either`: the order cannot be told, and the person has to say. */
export type Parsed = { kind: 'place'; at: Place } | { kind: 'either'; first: Place; second: Place } | { kind: 'wrong'; fault: Fault }

type Axis = 'lng' | 'lat'
type Token = { letter: string } | { number: number; text: string } | { unit: string } | { comma: true }
interface Coordinate {
  value: number
  axis: Axis | undefined
}

class Wrong extends Error {
  readonly fault: Fault
  constructor(fault: Fault) {
    super(fault)
    this.fault = fault
  }
}

/** Reads a pair from what was typed or pasted. */
export function parseCoordinates(text: string): Parsed {
  try {
    return ordered(segments(tokens(normal(text))).map(coordinate))
  } catch (cause) {
    if (cause instanceof Wrong) return { kind: 'wrong', fault: cause.fault }
    throw cause
  }
}

const LONGEST = 200 // characters: no pair is longer
const POWER = /\d[eE][+-]?\d(?!.*[NSns北南])/ // 1e2 of a computer: an E between two digits is a hemisphere only beside a north or south

// One sign for each meaning: E W N S for hemispheres, X Y for "this is the longitude", ° ' " for units.
function normal(text: string): string {
  if (text.trim() === '') throw new Wrong('empty')
  if (text.length > LONGEST || POWER.test(text.normalize('NFKC'))) throw new Wrong('form')
  return text
    .replaceAll(/[″”“＂ʺ秒]|''|′′|’’/g, '"').replaceAll(/[′’‘＇ʹ´`分]/g, "'").replaceAll(/[º˚度]/g, (sign, at: number) => (sign === '度' && '经纬經緯'.includes(text[at - 1] ?? ' ') ? '' : '°'))
    .normalize('NFKC')
    .replaceAll(/[东東][经經]?/g, 'E').replaceAll(/西[经經]?/g, 'W').replaceAll(/北[纬緯]?/g, 'N').replaceAll(/南[纬緯]?/g, 'S')
    .replaceAll(/[经經]/g, 'X').replaceAll(/[纬緯]/g, 'Y')
    .toUpperCase()
    .replaceAll(/LONGITUDE|LONG|LNG|LON/g, 'X').replaceAll(/LATITUDE|LAT/g, 'Y').replaceAll(/POINT/g, '')
    .replaceAll(/(\d+):(\d+(?:\.\d+)?)(?::(\d+(?:\.\d+)?))?/g, (_, d: string, m: string, s?: string) => `${d}°${m}'${s === undefined ? '' : `${s}"`}`)
    .replaceAll(/[−–—]/g, '-').replaceAll(/[()[\]{}:=]/g, ' ').replaceAll(/[、;/|\n\t]/g, ',')
}

function tokens(text: string): Token[] {
  const found: Token[] = []
  let rest = text
  while (rest !== '') {
    const [all, letter, number, unit, comma] = /^(?:([NSEWXY])|([+-]?(?:\d+(?:\.\d*)?|\.\d+))|([°'"])|([,]|。)|\s+)/.exec(rest) ?? []
    if (all === undefined) throw new Wrong('form')
    if (letter) found.push({ letter })
    else if (number) found.push({ number: Number(number), text: number })
    else if (unit) found.push({ unit })
    else if (comma) found.push({ comma: true })
    rest = rest.slice(all.length)
  }
  if (!found.some((t) => 'number' in t)) throw new Wrong('form')
  return found
}

// The tokens of the first coordinate and of the second.
function segments(all: Token[]): Token[][] {
  const list = all.filter((t, i) => !('comma' in t) || (i > 0 && i < all.length - 1))
  const ways = [byLetters, byCommas, byDegrees, byHalves]
  for (const way of ways) {
    const parts = way(list).filter((part) => part.some((t) => 'number' in t))
    if (parts.length === 2) return parts
    if (parts.length > 2 && way !== byCommas) break
  }
  throw new Wrong('two')
}

const cut = (list: Token[], before: (t: Token, i: number) => boolean): Token[][] =>
  list.reduce<Token[][]>((parts, token, i) => {
    if (i > 0 && before(token, i)) parts.push([])
    parts[parts.length - 1]!.push(token)
    return parts
  }, [[]])

function byLetters(list: Token[]): Token[][] {
  if (!list.some((t) => 'letter' in t)) return [list]
  // In 经度 113 E, 纬度 22 N the words begin a coordinate, and the hemispheres belong to what stands before them.
  const isWord = (t: Token) => 'letter' in t && 'XY'.includes(t.letter)
  if (isWord(list[0]!)) return cut(list, isWord)
  const leading = 'letter' in list[0]!
  return cut(list, (t, i) => (leading ? 'letter' in t : 'letter' in list[i - 1]!))
}

const byCommas = (list: Token[]) => cut(list, (_, i) => 'comma' in list[i - 1]!)
const byDegrees = (list: Token[]) => cut(list, (t, i) => 'number' in t && 'unit' in (list[i + 1] ?? {}) && (list[i + 1] as { unit: string }).unit === '°')

function byHalves(list: Token[]): Token[][] {
  const numbers = list.filter((t) => 'number' in t)
  if (numbers.length !== list.length || numbers.length % 2 !== 0 || numbers.length > 6) return [list]
  return [numbers.slice(0, numbers.length / 2), numbers.slice(numbers.length / 2)]
}

const UNITS = ['°', "'", '"']

function coordinate(list: Token[]): Coordinate {
  const letters = list.flatMap((t) => ('letter' in t ? t.letter : []))
  const axes = new Set(letters.map((l): Axis => ('EWX'.includes(l) ? 'lng' : 'lat')))
  if (axes.size > 1) throw new Wrong('axis')
  const parts: number[] = []
  let negative = false
  const plain = list.filter((t) => !('letter' in t) && !('comma' in t))
  plain.forEach((token, i) => {
    if ('number' in token) {
      if (parts.length === 0) negative = token.text.startsWith('-')
      else if (/^[+-]/.test(token.text)) throw new Wrong('two')
      // Only the last number may have a fraction: 113.5°30' is neither.
      if (parts.length > 0 && !Number.isInteger(parts.at(-1))) throw new Wrong('form')
      parts.push(Math.abs(token.number))
    } else if ('unit' in token && (!('number' in (plain[i - 1] ?? {})) || token.unit !== UNITS[parts.length - 1])) throw new Wrong('form')
  })
  if (parts.length < 1 || parts.length > 3) throw new Wrong(parts.length === 0 ? 'form' : 'two')
  const [degrees, minutes = 0, seconds = 0] = parts
  if (minutes >= 60 || seconds >= 60) throw new Wrong('minutes')
  const southern = letters.some((l) => 'SW'.includes(l))
  if (negative && letters.some((l) => 'NSEW'.includes(l))) throw new Wrong('form')
  const value = Number((degrees! + minutes / 60 + seconds / 3600).toFixed(9))
  return { value: negative || southern ? -value : value, axis: [...axes][0] }
}

// Where China lies: its longitudes and latitudes share no number, so that a pair there has only one order.
const inChina = (at: Place) => within(at, CHINA)
const onEarth = ({ lng, lat }: Place) => Math.abs(lng) <= 180 && Math.abs(lat) <= 90

function ordered([a, b]: Coordinate[]): Parsed {
  if (!a || !b) throw new Wrong('two')
  if (a.axis && a.axis === b.axis) throw new Wrong('axis')
  if (a.value === 0 && b.value === 0) throw new Wrong('zero')
  const first = { lng: a.value, lat: b.value }
  const second = { lng: b.value, lat: a.value }
  if (a.axis || b.axis) {
    const at = a.axis === 'lng' || b.axis === 'lat' ? first : second
    // A latitude that is none is the server's to judge: it offers to exchange the numbers.
    if (!onEarth(at) && !onEarth({ lng: at.lat, lat: at.lng })) throw new Wrong('range')
    return { kind: 'place', at }
  }
  const possible = [first, second].filter(onEarth)
  if (possible.length === 0) throw new Wrong('range')
  if (a.value === b.value) return { kind: 'place', at: first }
  const likely = possible.length === 1 ? possible : possible.filter(inChina)
  return likely.length === 1 ? { kind: 'place', at: likely[0]! } : { kind: 'either', first, second }
}
