// The server's answers, as GET /api/openapi.json declares them.
import type { Geometry } from 'geojson'
import type { Text } from '@/lib/text'

export type FieldType = 'text' | 'phone' | 'integer' | 'number' | 'boolean' | 'date' | 'time' | 'choice' | 'choices' | 'reference'

/** One value of a choice field. */
export interface Option {
  value: string
  label: Text
  colour: string // #rrggbb for levels, '' leaves it to the theme
  symbol: string // glyph or shape that the map draws, '' for none
}

/** One field of a layer or part. */
export interface Field {
  name: string
  type: FieldType
  label: Text
  help: Text
  required: boolean
  unit: Text
  min: number | null
  max: number | null
  max_length: number
  choices: Option[]
  layer: string // for a reference: the layer that it points to
  tile: boolean
  sensitive: boolean
  filter: boolean
  read_only: boolean
}

/** A list that belongs to each row of a layer. */
export interface Part {
  name: string
  label: Text
  fields: Field[]
}

export type LayerMap = 'risk' | 'material' | 'force' | 'command' | 'base'

/** What a layer is; everything that the screen shows of it follows from this. */
export interface Layer {
  name: string
  map: LayerMap
  label: Text
  geometry: string[]
  place_optional: boolean
  symbol_field: string
  level_field: string
  confirm_days: number
  min_zoom: number
  max_zoom: number
  fields: Field[]
  parts: Part[]
}

export type Box = [west: number, south: number, east: number, north: number]

export interface District {
  id: string
  code: string
  name: string
  name_en?: string | null
  level: string
  bbox: Box
}

export interface Installation {
  product: string
  version: string
  demo: boolean
  time: string
  change_seq: number
  district: District | null
  extent: Box | null
  counts: Record<string, number>
}

/** Fields that every row has beside those of its layer. */
export interface StandingProperties {
  name?: string | null
  name_en?: string | null
  area_id?: string | null
  area_code?: string | null
  version: number
  confirmed_at?: string | null
}

/** A value of a declared field, or the rows of a part. */
export type Value = string | number | boolean | string[] | null | undefined
export type PartRow = Record<string, Value>

export interface Feature {
  type: 'Feature'
  id: string
  geometry: Geometry | null
  properties: StandingProperties & Record<string, Value | PartRow[]>
}

export interface FeaturePage {
  type: 'FeatureCollection'
  features: Feature[]
  numberMatched: number
  numberReturned: number
  timeStamp: string
  next?: string
}

export interface AreaCount {
  id: string
  code: string
  name: string
  name_en?: string | null
  count: number
}

export interface Summary {
  total: number
  by: Record<string, Record<string, number>>
  areas: AreaCount[]
  confirmed: { due: number; fresh: number } | null // null where nobody confirms rows
  timeStamp: string
}

export interface Basemap {
  name: string
  kind: 'own' | 'pmtiles' | 'raster'
  label: Text
  url?: string
  tiles?: string[]
  attribution: string
  min_zoom: number
  max_zoom: number
}

/** An error answer (RFC 9457). */
export interface Problem {
  type: string
  title: string
  status: number
  code: string
  detail?: string
  request_id?: string
}

/** A row was changed. */
export interface Change {
  seq: number
  layer: string
  id: string
  fid: number
  kind: 'insert' | 'update' | 'delete'
  version: number
  old_bbox: Box | null
  new_bbox: Box | null
  area_id: string | null
}

/** Many rows were changed at once; without a layer, perhaps all. */
export interface Reload {
  seq: number
  layer?: string
  bbox: Box | null
}

/** The server is there. `delayed`: it does not hear its database; then time and number may be missing. */
export interface Heartbeat {
  time?: string
  seq?: number
  delayed?: boolean
}
