import type { View } from '@/lib/view/state'

/** Parameters that choose rows of one layer: the same for list, summary, tiles and print, so that all show the same rows. */
export type Selection = Record<string, string>

/** What the view chooses of a layer. `except` leaves a parameter out, for the counts beside that filter's own choices. */
export function selectionOf(view: Pick<View, 'area' | 'q' | 'filters'>, layer: string, except?: string): Selection {
  const chosen: Selection = {}
  if (view.area) chosen.area = view.area
  if (view.q) chosen.q = view.q
  for (const [param, value] of Object.entries(view.filters[layer] ?? {})) if (value && param !== except) chosen[param] = value
  return chosen
}

/** Orders parameters, so that one selection is one cache key and one tile address. */
export function sorted(selection: Selection): Selection {
  return Object.fromEntries(Object.entries(selection).sort(([a], [b]) => (a < b ? -1 : 1)))
}
