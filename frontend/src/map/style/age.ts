// Rows fade by the age of their confirmation, and carry a mark beside the symbol: nobody has to judge a shade. All of it
// is paint: periods, the day and the switch change colours, never the layout of symbols.
import { levelField } from '@/api/declarations'
import { SOON, type Periods } from '@/api/freshness'
import type { Layer } from '@/api/types'
import type { Ages, MapInput, Shown } from './input'
import { palette } from './palette'
import { units } from './units'

/** How visible what is due, or was never confirmed, still is. */
export const FADED = 0.5

const FRESH = 0
const SOON_DUE = 1
const DUE = 2
const NEVER = 3

function period(layer: Layer, periods: Periods): unknown {
  const own = periods.periods.filter((p) => p.layer === layer.name)
  const all = own.find((p) => p.kind === '')?.days ?? layer.confirm_days
  const kinds = layer.symbol_field ? own.filter((p) => p.kind !== '') : []
  return kinds.length ? ['match', ['get', layer.symbol_field], ...kinds.flatMap((p) => [p.kind, p.days]), all] : all
}

/** The age of a row as a number. Tiles say the day only: a row shows as due from the day after its last one on. */
export function ageExpression(layer: Layer, { today, periods }: Ages): unknown {
  const days = ['-', today, ['get', 'confirmed_day']]
  const holds = period(layer, periods)
  return ['case', ['<=', holds, 0], FRESH, ['!', ['has', 'confirmed_day']], NEVER, ['>', days, holds], DUE, ['>', days, ['*', holds, SOON]], SOON_DUE, FRESH]
}

const ages = ({ layer }: Shown, input: MapInput) => (layer.confirm_days > 0 ? input.ages : undefined)

/** Opacity of a row's symbol, outline or line: `full` while its confirmation holds. */
export function faded(shown: Shown, input: MapInput, full = 1): unknown {
  const known = ages(shown, input)
  return known ? ['case', ['>=', ageExpression(shown.layer, known), DUE], full * FADED, full] : full
}

/** The marks of a layer's rows: a ring for due soon, a full dot for due, an empty dot for never confirmed. */
export function ageMarks(shown: Shown, input: MapInput, from: number): unknown[] {
  const known = ages(shown, input)
  if (!known) return []
  const u = units(input)
  const c = palette(input.theme)
  const age = ageExpression(shown.layer, known)
  const level = levelField(shown.layer) !== undefined
  const beside = level ? [5.5, -5.5] : [4, -4]
  return [{
    id: `${shown.layer.name}-age`, type: 'circle', source: `rows-${shown.layer.name}`, 'source-layer': shown.layer.name, minzoom: u.zoom(from - (level ? (input.dense ? 2.2 : 1.6) : 1.2)),
    filter: ['all', ['!', ['has', 'point_count']], ['==', ['geometry-type'], 'Point']],
    paint: {
      'circle-radius': ['case', ['==', age, FRESH], 0, u.px(2.6)],
      'circle-color': ['match', age, DUE, c.age.mark, c.age.ground],
      'circle-stroke-color': ['match', age, DUE, c.age.ground, c.age.mark],
      'circle-stroke-width': ['case', ['==', age, FRESH], 0, u.px(1.3)],
      'circle-translate': ['step', ['zoom'], ['literal', beside.map((n) => u.px(n))], u.zoom(from), ['literal', [u.px(8), u.px(-8)]]],
    },
  }]
}
