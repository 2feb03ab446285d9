import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { useArea, useAreasBelow } from '@/api/areas'
import { get } from '@/api/client'
import { layersOf, parentField } from '@/api/declarations'
import { useConnection } from '@/api/events/connection'
import { usePeriods } from '@/api/freshness'
import { useAllRows, useBasemaps, useFeature, useInstallation, useLayers } from '@/api/queries'
import { selectionOf } from '@/api/selection'
import { useWords } from '@/lib/i18n'
import { usePreferences, type Theme } from '@/lib/preferences'
import { useScale } from '@/lib/scale'
import { useView } from '@/lib/view/useView'
import type { MapInput, Relief } from '../style/input'
import { linksOf } from './links'

/** Everything that the map shows, from the address, the server and this browser's preferences. */
export function useMapInput(theme?: Theme) {
  const { view } = useView()
  const { lang } = useWords()
  const { factor } = useScale()
  const preferences = usePreferences()
  const installation = useInstallation()
  const layers = useLayers()
  const basemaps = useBasemaps()
  const relief = useRelief(() => installation.data.value?.relief === true)

  const district = computed(() => installation.data.value?.district)
  const { area: districtArea } = useArea(() => district.value?.code ?? '')
  const { area: scopeArea, box: scopeBox } = useArea(() => view.value.area)
  const below = useAreasBelow(() => view.value.area || (district.value?.code ?? ''))

  const shownLayers = computed(() => layersOf(layers.data.value ?? [], view.value.map))
  const tree = computed(() => shownLayers.value.find((l) => parentField(l)))
  const units = useAllRows(() => tree.value?.name ?? '', () => (tree.value ? selectionOf(view.value, tree.value.name) : {}), () => view.value.map === tree.value?.map)
  const selected = useFeature(() => view.value.selected?.layer ?? '', () => view.value.selected?.id ?? '')

  // Only what matters of the counts, so that not every change of a row is a new style.
  const filled = computed(() => Object.entries(installation.data.value?.counts ?? {}).flatMap(([name, rows]) => (rows > 0 ? name : [])).sort().join())
  const known = computed(() => installation.data.value !== undefined)

  // The day changes once a day, and with it the style; the clock itself would make a new one each second.
  const { serverNow } = useConnection()
  const today = computed(() => Math.floor(serverNow.value.getTime() / 86_400_000))
  const periods = usePeriods()
  const ages = computed(() => (preferences.fade && periods.data.value ? { today: today.value, periods: periods.data.value } : undefined))

  const input = computed<MapInput | undefined>(() => {
    if (!layers.data.value || !known.value) return undefined
    const full = filled.value.split(',')
    const chosen = basemaps.data.value?.find((b) => b.name === preferences.basemap)
    return {
      theme: theme ?? preferences.theme,
      lang: lang.value,
      factor: factor.value,
      lowPower: preferences.lowPower,
      dense: view.value.map === 'all',
      shown: shownLayers.value.map((layer) => ({ layer, selection: selectionOf(view.value, layer.name) })),
      base: layers.data.value.filter((l) => l.map === 'base' && full.includes(l.name)),
      basemap: chosen && chosen.kind !== 'own' ? chosen : undefined,
      relief: relief.data.value ?? undefined,
      district: districtArea.value,
      scope: view.value.area && view.value.area !== district.value?.code ? scopeArea.value : undefined,
      parts: below.data.value ?? [],
      links: tree.value && view.value.map === tree.value.map ? linksOf(tree.value, units.data.value ?? [], view.value.selected?.id) : { type: 'FeatureCollection', features: [] },
      selected: view.value.selected ? selected.data.value : undefined,
      ages: ages.value,
    }
  })
  const box = computed(() => (view.value.area ? scopeBox.value : (installation.data.value?.extent ?? undefined)))
  return { input, box, district, selected }
}

// An installation without elevation tiles says so, and is not asked for them: the map is then flat.
function useRelief(present: () => boolean) {
  return useQuery({
    queryKey: ['relief'],
    queryFn: ({ signal }) => get<Relief>('/tiles/relief.json', {}, signal),
    enabled: present,
    staleTime: Infinity,
    placeholderData: keepPreviousData,
  })
}
