// What the screen shows is one value, and the address bar holds all of it, so that every view can be sent as a link.

/** The four maps in the order of the switch, and all of them together. */
export const MAPS = ['risk', 'material', 'force', 'command'] as const
export type FourMap = (typeof MAPS)[number]
export type MapName = FourMap | 'all'

/** Filters of one layer: parameter as the API names it (risk_level, people_threatened.min) → value. */
export type LayerFilters = Record<string, string>

/** Where the map looks: WGS 84 degrees and zoom. */
export interface Camera {
  lng: number
  lat: number
  zoom: number
}

export interface View {
  map: MapName
  area: string // code of the scope; '' is the whole district
  q: string
  filters: Record<string, LayerFilters>
  layer: string // whose rows the list shows; '' takes the map's first
  tab: '' | 'areas' | 'tree' | 'legend' | 'due' // what the phone or the right column shows beside rows
  sort: string
  selected: { layer: string; id: string } | undefined
  camera: Camera | undefined
  inView: boolean // only rows in the part of the map that is seen
}

export const emptyView: View = {
  map: 'all', area: '', q: '', filters: {}, layer: '', tab: '', sort: '', selected: undefined, camera: undefined, inView: false,
}

type Query = Record<string, string>

const isMap = (name: unknown): name is MapName => name === 'all' || MAPS.includes(name as FourMap)

/** Reads a view from the path's map and the query; what is malformed is left out. */
export function readView(map: unknown, query: Record<string, unknown>): View {
  const text = (key: string) => (typeof query[key] === 'string' ? (query[key] as string) : '')
  const view: View = { ...emptyView, filters: {}, map: isMap(map) ? map : 'all' }
  if (/^(\d{2}|\d{4}|\d{6}|\d{9}|\d{12})$/.test(text('area'))) view.area = text('area')
  view.q = text('q')
  view.layer = text('layer')
  view.sort = text('sort')
  if (['areas', 'tree', 'legend', 'due'].includes(text('tab'))) view.tab = text('tab') as View['tab']
  view.inView = text('inview') === '1'
  const [selectedLayer, id] = text('sel').split('/')
  if (selectedLayer && id) view.selected = { layer: selectedLayer, id }
  view.camera = readCamera(text('at'))
  for (const key of Object.keys(query)) {
    const [, filterLayer, param] = /^f\.(\w+)\.([\w.]+)$/.exec(key) ?? []
    if (filterLayer && param && text(key)) (view.filters[filterLayer] ??= {})[param] = text(key)
  }
  return view
}

function readCamera(value: string): Camera | undefined {
  const parts = value.split(',').map(Number)
  const [lng, lat, zoom] = parts
  if (parts.length !== 3 || lng === undefined || lat === undefined || zoom === undefined) return undefined
  if (!(Math.abs(lng) <= 180 && Math.abs(lat) <= 85 && zoom >= 0 && zoom <= 22)) return undefined
  return { lng, lat, zoom }
}

/** Writes a view as the query of its address; defaults are left out so that links stay short. */
export function writeQuery(view: View): Query {
  const query: Query = {}
  if (view.area) query.area = view.area
  if (view.q) query.q = view.q
  if (view.layer) query.layer = view.layer
  if (view.tab) query.tab = view.tab
  if (view.sort) query.sort = view.sort
  if (view.inView) query.inview = '1'
  for (const [layer, filters] of Object.entries(view.filters))
    for (const [param, value] of Object.entries(filters)) if (value) query[`f.${layer}.${param}`] = value
  if (view.selected) query.sel = `${view.selected.layer}/${view.selected.id}`
  if (view.camera) query.at = [view.camera.lng.toFixed(5), view.camera.lat.toFixed(5), view.camera.zoom.toFixed(2)].join(',')
  return query
}

/** Turns one value of a comma list on or off: no value chosen means that all are shown. */
export function toggled(list: string | undefined, value: string, all: string[]): string {
  const chosen = new Set((list ?? '').split(',').filter(Boolean))
  if (!chosen.delete(value)) chosen.add(value)
  return chosen.size === all.length ? '' : all.filter((v) => chosen.has(v)).join(',')
}
