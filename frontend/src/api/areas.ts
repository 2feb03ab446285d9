import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { boxOf } from '@/lib/box'
import { useAllRows, useFeature, useInstallation, useSummary } from './queries'
import type { AreaCount, Box } from './types'

/** The layer that says what lies in what; a scope is one of its rows and everything below. */
export const AREA = 'area'

type AreaName = Omit<AreaCount, 'count'>

/** Names of all areas of the installation by code. Townships and villages come without their outlines. */
export function useAreaNames() {
  const installation = useInstallation()
  const district = computed(() => installation.data.value?.district)
  const townships = useSummary(AREA, {}, 'township', () => Boolean(district.value))
  const villages = useSummary(AREA, {}, 'village', () => Boolean(district.value))
  // An installation above the county has counties between itself and its townships.
  const counties = useAllRows(AREA, { level: 'county' }, () => ['province', 'city'].includes(district.value?.level ?? ''))
  return computed(() => {
    const names = new Map<string, AreaName>()
    if (district.value) names.set(district.value.code, district.value)
    for (const { id, properties } of counties.data.value ?? [])
      names.set(String(properties.code), { id, code: String(properties.code), name: String(properties.name ?? ''), name_en: properties.name_en ?? null })
    for (const list of [townships.data.value?.areas, villages.data.value?.areas]) for (const area of list ?? []) names.set(area.code, area)
    return names
  })
}

/** Whether a code is that of no area here; undefined until that is known. */
export function useUnknownArea(code: MaybeRefOrGetter<string>) {
  const names = useAreaNames()
  const townships = useSummary(AREA, {}, 'township')
  const villages = useSummary(AREA, {}, 'village')
  return computed(() => (townships.isSuccess.value && villages.isSuccess.value ? !names.value.has(toValue(code)) : undefined))
}

/** The areas from the top of the installation down to a code, by the digits of the code. */
export function trail(code: string, names: Map<string, AreaName>): AreaName[] {
  return [2, 4, 6, 9, 12].flatMap((digits) => (digits <= code.length ? (names.get(code.slice(0, digits)) ?? []) : []))
}

/** One area with its outline, by code. */
export function useArea(code: MaybeRefOrGetter<string>) {
  const names = useAreaNames()
  const query = useFeature(AREA, () => names.value.get(toValue(code))?.id ?? '')
  const box = computed<Box | undefined>(() => (query.data.value?.geometry ? boxOf(query.data.value.geometry) : undefined))
  return { area: query.data, box }
}

/** The areas directly below one, with their outlines. */
export function useAreasBelow(code: MaybeRefOrGetter<string>) {
  const names = useAreaNames()
  const id = computed(() => names.value.get(toValue(code))?.id ?? '')
  return useAllRows(AREA, () => ({ parent_id: id.value, sort: 'code' }), () => id.value !== '')
}
