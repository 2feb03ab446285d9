// Where things may stand: rules, what stands against them, and the checks of all rows.
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { get, send } from './client'
import type { components } from './schema'

type Schemas = components['schemas']
export type SitingRule = Schemas['SitingRule']
export type SitingFinding = Schemas['SitingFinding']
export type SitingState = SitingFinding['state']
export type SitingChecks = Schemas['SitingChecks']

/** What a list of findings is asked for; what is empty is not asked. */
export interface FindingSelection {
  state: SitingState | ''
  area: string
  rule: string
}

const version = (of: { version: number }) => ({ 'If-Match': `"${of.version}"` })

export const useSitingRules = () =>
  useQuery({ queryKey: ['siting', 'rules'], queryFn: async ({ signal }) => (await get<Schemas['SitingRules']>('/api/siting/rules', {}, signal)).rules })

/** Findings page by page, the newest first; the counts of all pages come with each. */
export const useSitingFindings = (selection: MaybeRefOrGetter<FindingSelection>) =>
  useInfiniteQuery({
    queryKey: computed(() => ['siting', 'findings', { ...toValue(selection) }]),
    queryFn: ({ pageParam, signal }) => get<Schemas['SitingFindings']>('/api/siting/findings', { ...toValue(selection), limit: 100, after: pageParam }, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: (before) => before,
    staleTime: 0,
  })

/** The findings of one row, also of those near which it stands; asked again when a row of its layer changes. */
export const useSitingOf = (layer: MaybeRefOrGetter<string>, row: MaybeRefOrGetter<string>) =>
  useQuery({
    queryKey: computed(() => ['rows', toValue(layer), 'siting', toValue(row)]),
    queryFn: async ({ signal }) => (await get<Schemas['SitingFindings']>('/api/siting/findings', { row: toValue(row) }, signal)).findings.filter((f) => f.state !== 'resolved'),
    staleTime: 0,
  })

const WATCHED = 2000 // ms between looks while a check runs

/** The last checks; looked at again and again while one runs. */
export const useSitingChecks = () =>
  useQuery({
    queryKey: ['siting', 'checks'], queryFn: ({ signal }) => get<SitingChecks>('/api/siting/checks', {}, signal), staleTime: 0,
    refetchInterval: (query) => (query.state.data?.running ? WATCHED : false),
  })

export const checkNow = () => send<SitingChecks>('POST', '/api/siting/checks')
export const waive = (finding: SitingFinding, reason: string, until: string | null) => send<SitingFinding>('POST', `/api/siting/findings/${finding.id}/waive`, { reason, until }, version(finding))
export const takeBack = (finding: SitingFinding) => send<SitingFinding>('DELETE', `/api/siting/findings/${finding.id}/waive`, undefined, version(finding))
export const changeRule = (rule: SitingRule, change: Partial<SitingRule>) => send<SitingRule>('PATCH', `/api/siting/rules/${rule.id}`, change, version(rule))

/** Asks everything about siting anew: the page, and the cards of rows. */
export function useSitingRefresh() {
  const client = useQueryClient()
  return () => Promise.all([client.invalidateQueries({ queryKey: ['siting'] }), client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === 'rows' && queryKey[2] === 'siting' })])
}
