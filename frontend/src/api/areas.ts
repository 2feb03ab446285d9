import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { boxOf } from '@/lib/box'
import { useAllRows, useFirstRow, useInstallation, useSummary } from './queries'
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
  // An installation above the county has cities and counties between itself and its townships.
  const between = useAllRows(AREA, { level: 'city,county' }, () => ['province', 'city'].includes(district.value?.level ?? ''))
  return computed(() => {
    const names = new Map<string, AreaName>()
    if (district.value) names.set(district.value.code, district.value)
    for (const { id, properties } of between.data.value ?? [])
      names.set(String(properties.code), { id, code: String(properties.code), name: String(properties.name ?? ''), name_en: properties.name_en ?? null })
    for (const list of [townships.data.value?.areas, villages.data.value?.areas]) for (const area of list ?? []) names.set(area.code, area)
    return names
  })
}

/** The areas from the top of the installation down to a code, by the digits of the code. */
export function trail(code: string, names: Map<string, AreaName>): AreaName[] {
  return [2, 4, 6, 9, 12].flatMap((digits) => (digits <= code.length ? (names.get(code.slice(0, digits)) ?? []) : []))
}

/**
 * One area with its outline, by code. The server's filter `area` gives the area and all below it; codes are nested, so
 * the area itself is the first by code. `unknown`: no area here has that code; undefined until that is known.
 */
export function useArea(code: MaybeRefOrGetter<string>) {
  const { data } = useFirstRow(AREA, () => ({ area: toValue(code), sort: 'code' }), () => toValue(code) !== '')
  const area = computed(() => (data.value && data.value.properties.code === toValue(code) ? data.value : undefined))
  const box = computed<Box | undefined>(() => (area.value?.geometry ? wide(boxOf(area.value.geometry)) : undefined))
  const unknown = computed(() => (data.value === undefined ? undefined : area.value === undefined))
  return { area, box, unknown }
}

const AROUND = 0.03 // degrees, about 3 km

/** An area of which only the centre is known is looked at with what lies around it. */
function wide(box: Box | undefined): Box | undefined {
  return box && box[0] === box[2] && box[1] === box[3] ? [box[0] - AROUND, box[1] - AROUND, box[2] + AROUND, box[3] + AROUND] : box
}

/** The areas directly below one, with their outlines. */
export function useAreasBelow(code: MaybeRefOrGetter<string>) {
  const { area } = useArea(code)
  const id = computed(() => area.value?.id ?? '')
  return useAllRows(AREA, () => ({ parent_id: id.value, sort: 'code' }), () => id.value !== '')
}
