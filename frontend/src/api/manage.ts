// Settings of the installation, and what is written down about their use.
import { useInfiniteQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { get, send } from './client'
import type { Periods } from './freshness'
import type { components } from './schema'

type Schemas = components['schemas']
export type PeriodEvent = Schemas['PeriodHistory']['events'][number]
export type TakenFile = Schemas['TakenFiles']['exports'][number]
export type PeopleEvent = Schemas['PeopleHistory']['events'][number]

/** Sets a period, or with days null takes that of a kind away; `version` is that of all periods together. */
export const changePeriod = (version: number, change: Schemas['PeriodChange']) => send<Periods>('PATCH', '/api/confirmation-periods', change, { 'If-Match': `"${version}"` })

const PAGE = 20

/** Who set which period, the newest first. */
export const usePeriodHistory = () =>
  useInfiniteQuery({
    queryKey: ['freshness', 'period-history'],
    queryFn: ({ pageParam, signal }) => get<Schemas['PeriodHistory']>('/api/confirmation-periods/history', { limit: PAGE, before: pageParam || undefined }, signal),
    initialPageParam: 0,
    getNextPageParam: (page) => page.next || undefined,
  })

/** Who took which rows away as a file, the newest first. */
export const useTakenFiles = () =>
  useInfiniteQuery({
    queryKey: ['exports'],
    queryFn: ({ pageParam, signal }) => get<Schemas['TakenFiles']>('/api/exports', { limit: PAGE, before: pageParam || undefined }, signal),
    initialPageParam: '',
    getNextPageParam: (page) => page.next || undefined,
    staleTime: 0,
  })

/** What was changed on people, accounts and rights, the newest first: of one person, or of all ('' ). */
export const usePeopleHistory = (person: MaybeRefOrGetter<string>) =>
  useInfiniteQuery({
    queryKey: computed(() => ['people', 'history', toValue(person)]),
    queryFn: ({ pageParam, signal }) => get<Schemas['PeopleHistory']>('/api/people/history', { person: toValue(person), limit: PAGE, before: pageParam || undefined }, signal),
    initialPageParam: 0,
    getNextPageParam: (page) => page.next || undefined,
    staleTime: 0,
  })
