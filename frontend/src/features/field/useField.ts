// What the field page works with: my area, its rows, what is due there, and how old all that is.
import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import { AREA, useArea, useAreaNames } from '@/api/areas'
import { getKept } from '@/api/client'
import type { Stop, Walk } from '@/api/freshness'
import { useOutbox } from '@/api/outbox'
import { placeLayers } from '@/api/places'
import { useInstallation, useLayers } from '@/api/queries'
import { useMe, type Me, type Permission } from '@/api/session'
import type { Feature, FeaturePage, Layer } from '@/api/types'
import { anchorOf } from '@/lib/box'
import type { LngLat } from '@/lib/geodesy'
import { walkingOrder } from '@/lib/walk'
import { useKnown } from './useKnown'
import type { Where } from './usePosition'

export type FieldRow = Feature & { layer: string }

const AREA_KEY = 'fourmaps.field.area'
const FIELD_RIGHTS: Permission[] = ['layer.write', 'layer.confirm', 'photo.write']
const MOST_PAGES = 5
const TOWNSHIP = 9 // digits of its code; the outlines of all villages of a county are too much for a phone
const EVERY_ROW_AGAIN = 5 * 60_000 // ms

export function useField(where: Readonly<Ref<Where>>) {
  // A session that has ended takes nothing off the page: its person goes on entering, and signs in to send.
  const session = useMe()
  const me = shallowRef<Me>()
  watch(session.data, (now) => now && (me.value = now), { immediate: true })
  const installation = useInstallation()
  const declared = useLayers()
  const names = useAreaNames()
  const outbox = useOutbox()

  // Where one has something to do; who may everywhere chooses among all areas.
  const rights = computed(() => me.value?.permissions.filter((p) => FIELD_RIGHTS.includes(p.name)) ?? [])
  const everywhere = computed(() => rights.value.some((p) => p.everywhere))
  const areas = computed(() => {
    const own = rights.value.flatMap((p) => p.areas.map((a) => a.code))
    const list = [...names.value.values()].filter((a) => a.code.length <= 9 && (everywhere.value || own.some((code) => a.code.startsWith(code))))
    const granted = rights.value.flatMap((p) => p.areas).filter((a) => !list.some((known) => known.code === a.code))
    const all = [...list, ...granted.map((a) => ({ code: a.code, name: a.name, name_en: a.name_en ?? null }))]
    return [...new Map(all.map((a) => [a.code, a])).values()].sort((a, b) => (a.code < b.code ? -1 : 1))
  })
  const chosen = ref(saved())
  const area = computed(() => areas.value.find((a) => a.code === chosen.value)?.code ?? areas.value[0]?.code ?? '')
  watch(chosen, (code) => {
    try {
      localStorage.setItem(AREA_KEY, code)
    } catch {
      // it then lasts as long as the page
    }
  })
  const { box } = useArea(area)

  const layers = computed<Layer[]>(() => (declared.data.value ?? []).filter((l) => l.map !== 'base' && l.history && l.confirm_days > 0))
  // Kept on this phone: the rows of my area, what they refer to wherever it is, and the places by which one finds the way.
  const wanted = computed(() => {
    const referred = new Set(layers.value.flatMap((l) => l.fields.filter((f) => f.type === 'reference').map((f) => f.layer)))
    const places = placeLayers(declared.data.value ?? []).filter((l) => l.map === 'base' && (l.name !== AREA || area.value.length >= TOWNSHIP))
    return [...new Set([...layers.value, ...places].map((l) => l.name))].map((name) => ({ name, area: referred.has(name) ? '' : area.value }))
  })
  const layerOf = (name: string) => declared.data.value?.find((l) => l.name === name)

  // The order stays while one walks, and follows when asked: a list that jumps under the thumb is of no use.
  const from = ref<LngLat>()
  const here = () => (where.value.kind === 'fix' ? ([...where.value.at] as LngLat) : undefined)
  watch(where, () => (from.value ??= here()))
  const walk = useQuery({
    queryKey: computed(() => ['freshness', 'due', 'field', area.value, from.value?.map((n) => n.toFixed(3)).join()]),
    queryFn: ({ signal }) => getKept<Walk>('/api/due', { area: area.value, from: from.value?.map((n) => n.toFixed(5)).join() }, signal),
    placeholderData: keepPreviousData,
    enabled: computed(() => area.value !== ''),
  })
  const rows = useQuery({
    queryKey: computed(() => ['field', area.value, wanted.value.map((w) => w.name).join()]),
    queryFn: ({ signal }) => everyRow(wanted.value, signal),
    refetchInterval: EVERY_ROW_AGAIN, // not with each change: with network an opened row is asked for by itself
    placeholderData: keepPreviousData,
    enabled: computed(() => area.value !== '' && layers.value.length > 0),
  })

  const asOf = computed(() => (walk.data.value === undefined ? undefined : (walk.data.value.keptAt ?? walk.dataUpdatedAt.value)))
  // What was confirmed here since is not due any more, wherever the list comes from.
  const confirmed = computed(() => new Set(outbox.sent.value.filter((s) => s.kind === 'confirm' && s.at > (asOf.value ?? 0)).map((s) => s.row)))
  const due = computed<Stop[]>(() => {
    const left = (walk.data.value?.body.features ?? []).filter((stop) => !confirmed.value.has(stop.id))
    return walk.data.value?.keptAt ? walkingOrder(left, placeOf, from.value) : left
  })

  function find(layer: string, id: string): FieldRow | undefined {
    return rows.data.value?.find((row) => row.layer === layer && row.id === id) ?? due.value.find((stop) => stop.layer === layer && stop.id === id)
  }
  const known = useKnown(() => rows.data.value ?? [], () => declared.data.value ?? [])
  const signedOut = computed(() => session.data.value === null)
  return { me, signedOut, known, installation: installation.data, areas, area, chosen, box, layers, layerOf, walk, due, asOf, find, resort: () => (from.value = here()) }
}

export type Field = ReturnType<typeof useField>

/** Where a row is: a point on it. */
export const placeOf = (row: Feature): LngLat | undefined => (row.geometry ? anchorOf(row.geometry) : undefined)

async function everyRow(wanted: { name: string; area: string }[], signal: AbortSignal): Promise<FieldRow[]> {
  const all: FieldRow[] = []
  for (const { name, area } of wanted) {
    let cursor: string | undefined
    for (let page = 0; page < MOST_PAGES && (page === 0 || cursor); page++) {
      const { body }: { body: FeaturePage } = await getKept<FeaturePage>(`/api/layers/${name}/features`, { area, limit: 1000, cursor }, signal)
      all.push(...body.features.map((row) => ({ ...row, layer: name })))
      cursor = body.next
    }
  }
  return all
}

function saved(): string {
  try {
    return localStorage.getItem(AREA_KEY) ?? ''
  } catch {
    return ''
  }
}
