// Imports: a file that a person brings, what the person says about it, and what becomes of its rows.
import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import type { FeatureCollection, Point } from 'geojson'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { ApiError, address, get, NetworkError, send } from './client'
import type { components } from './schema'
import type { Problem } from './types'

type Schemas = components['schemas']

export type Import = Schemas['Import']
export type ImportSummary = Schemas['ImportSummary']
export type ImportChoices = Required<Schemas['ImportChoices']>
export type ImportProposal = Schemas['ImportProposal']
export type ImportMapping = Schemas['ImportMapping']
export type ImportCounts = Schemas['ImportCounts']
export type ImportRow = Schemas['ImportRows']['rows'][number]
export type Outcome = ImportRow['outcome']
export type ImportPreview = FeatureCollection<Point> & Omit<Schemas['ImportPreview'], 'type' | 'features'>

export const OUTCOMES: Outcome[] = ['new', 'changed', 'same', 'rejected', 'gone']

/** One's own imports, for who may import. */
export const useImports = (allowed: MaybeRefOrGetter<boolean>) => useQuery({ queryKey: ['imports'], enabled: computed(() => toValue(allowed)), queryFn: async ({ signal }) => (await get<Schemas['Imports']>('/api/imports', {}, signal)).imports, staleTime: 0 })

const BEAT = 400 // ms between looks at work that goes on

// After a large import its sites are still looked at; one that is older was stored before that was done, or its check was cut off.
const SITES_MS = 5 * 60_000
const sitesAwaited = (d?: Import) => d?.state === 'applied' && d.counts?.siting === null && Date.now() - Date.parse(d.applied_at ?? '') < SITES_MS

export const useImport = (id: MaybeRefOrGetter<string>) =>
  useQuery({
    queryKey: computed(() => ['import', toValue(id)]),
    queryFn: ({ signal }) => get<Import>(`/api/imports/${toValue(id)}`, {}, signal),
    enabled: computed(() => toValue(id) !== ''),
    refetchInterval: ({ state }) => (state.data?.work || sitesAwaited(state.data) ? BEAT : false),
    staleTime: 0,
  })

/** Said: what is kept of the layer and the choices; a check, which makes a new revision too, moves no place. */
export const useImportPreview = (id: MaybeRefOrGetter<string>, said: MaybeRefOrGetter<string>, crs: MaybeRefOrGetter<string>, swap: MaybeRefOrGetter<boolean>, enabled: MaybeRefOrGetter<boolean>) =>
  useQuery({
    queryKey: computed(() => ['import-preview', toValue(id), toValue(said), toValue(crs), toValue(swap)]),
    queryFn: ({ signal }) => get<ImportPreview>(`/api/imports/${toValue(id)}/preview`, { crs: toValue(crs), swap: String(toValue(swap)) }, signal),
    enabled,
    placeholderData: keepPreviousData,
  })

export const useImportPoints = (id: MaybeRefOrGetter<string>, version: MaybeRefOrGetter<string>, outcome: MaybeRefOrGetter<Outcome | ''>, enabled: MaybeRefOrGetter<boolean>) =>
  useQuery({
    queryKey: computed(() => ['import-points', toValue(id), toValue(version), toValue(outcome)]),
    queryFn: ({ signal }) => get<FeatureCollection<Point>>(`/api/imports/${toValue(id)}/points`, { outcome: toValue(outcome) }, signal),
    enabled,
  })

export const importRows = async (id: string, outcome: Outcome | '', after: number, limit: number) =>
  (await get<Schemas['ImportRows']>(`/api/imports/${id}/rows`, { outcome, after, limit })).rows as ImportRow[]

export const chooseImport = (id: string, layer: string, choices: Partial<ImportChoices>) => send<Import>('PATCH', `/api/imports/${id}`, layer ? { layer, choices } : { choices })
export const discardImport = (id: string) => send<null>('DELETE', `/api/imports/${id}`)
export const checkImport = (id: string) => send<Import>('POST', `/api/imports/${id}/check`)
export const applyImport = (id: string, revision: number, remove_gone: boolean, move_areas: boolean) => send<Import>('POST', `/api/imports/${id}/apply`, { revision, remove_gone, move_areas })
export const saveMapping = (name: string, from: string, everywhere: boolean) => send<ImportMapping>('POST', '/api/import-mappings', { name, import: from, everywhere })
export const dropMapping = (id: string) => send<null>('DELETE', `/api/import-mappings/${id}`)

/** Sends a file as it is; fetch could not tell how far it is. */
export function uploadImport(file: File, progress: (share: number) => void, signal: AbortSignal): Promise<Import> {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest()
    request.open('POST', address('/api/imports', { name: file.name }))
    request.setRequestHeader('Content-Type', 'application/octet-stream')
    request.setRequestHeader('Accept-Language', document.documentElement.lang)
    request.upload.onprogress = ({ loaded, total }) => progress(total ? loaded / total : 0)
    request.onload = () => {
      let answer: unknown
      try {
        answer = JSON.parse(request.responseText)
      } catch {
        answer = undefined
      }
      if (request.status === 201 && answer) done(answer as Import)
      else failed(new ApiError(request.status, answer as Problem | undefined))
    }
    request.onerror = () => failed(new NetworkError('network'))
    request.onabort = () => failed(new DOMException('aborted', 'AbortError'))
    signal.addEventListener('abort', () => request.abort())
    request.send(file)
  })
}
