import type { FeatureCollection } from 'geojson'
import type { Periods } from '@/api/freshness'
import type { Basemap, Box, Feature, Layer } from '@/api/types'
import type { Selection } from '@/api/selection'
import type { Theme } from '@/lib/preferences'
import type { Lang } from '@/lib/text'

/** One layer of rows on the map and which of its rows are chosen. */
export interface Shown {
  layer: Layer
  selection: Selection
}

/** Everything that the map shows. The style is a function of this and of nothing else. */
export interface MapInput {
  theme: Theme
  lang: Lang
  factor: number // size of the screen against 1920 × 1080
  lowPower: boolean
  dense: boolean // many layers at once: symbols grow later
  shown: Shown[]
  base: Layer[] // declared base layers that have rows
  basemap: Basemap | undefined // undefined: our own
  relief: Relief | undefined
  district: Feature | undefined
  scope: Feature | undefined // the area that the view has entered
  parts: Feature[] // areas directly below the scope
  links: FeatureCollection // lines of command
  selected: Feature | undefined
  ages: Ages | undefined // undefined: rows do not fade by age
}

/** What the map needs to know to judge how old rows are. */
export interface Ages {
  today: number // days since 1970-01-01 UTC, by the server's clock
  periods: Periods
}

/** Where elevation tiles are (TileJSON). */
export interface Relief {
  tiles: string[]
  minzoom: number
  maxzoom: number
  bounds?: Box
}
