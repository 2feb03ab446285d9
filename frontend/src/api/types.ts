// Names for the server's answers. Their shapes are generated from its OpenAPI description (npm run generate); only rows
// are written here, since the screen knows no layer by name and reads what a row has from the declarations.
import type { Geometry } from 'geojson'
import type { components } from './schema'

type Schemas = components['schemas']

/** west, south, east, north in WGS 84 degrees; OpenAPI cannot say that there are four. */
export type Box = [west: number, south: number, east: number, north: number]
type Boxed<T, K extends keyof T> = Omit<T, K> & { [P in K]: null extends T[P] ? Box | null : Box }

/** One value of a choice field: '' for no colour or symbol. */
export type Option = Required<Schemas['Option']>
/** One field of a layer or part. */
export type Field = Required<Omit<Schemas['Field'], 'choices'>> & { choices: Option[] }
/** A list that belongs to each row of a layer. */
export type Part = Omit<Schemas['Part'], 'fields'> & { fields: Field[] }
/** What a layer is; everything that the screen shows of it follows from this. */
export type Layer = Required<Omit<Schemas['Layer'], 'fields' | 'parts'>> & { fields: Field[]; parts: Part[]; standing: Field[] }
export type LayerMap = Layer['map']

export type District = Boxed<Schemas['District'], 'bbox'>
export type Installation = Omit<Boxed<Schemas['Installation'], 'extent'>, 'district'> & { district: District | null }
export type Summary = Schemas['Summary']
export type AreaCount = Summary['areas'][number]
export type Basemap = Required<Pick<Schemas['Basemap'], 'name' | 'kind' | 'label' | 'attribution' | 'min_zoom' | 'max_zoom'>> & Pick<Schemas['Basemap'], 'tiles' | 'url'>

/** An error answer (RFC 9457). */
export type Problem = Schemas['Problem']
/** A row was changed. */
export type Change = Schemas['Change']
/** Many rows were changed at once; without a layer, perhaps all. */
export type Reload = Schemas['Reload']
/** The server is there. `delayed`: it does not hear its database; then time and number may be missing. */
export type Heartbeat = Schemas['Heartbeat']

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
