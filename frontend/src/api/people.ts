import { useQuery } from '@tanstack/vue-query'
import { get, send } from './client'
import type { components } from './schema'

type Schemas = components['schemas']
export type Person = Schemas['Person']
export type Role = Schemas['Role']
export type NewPerson = Schemas['NewPerson']
export type PersonChange = Schemas['PersonChange']
export type Grant = Schemas['Grant']
export type OpenSession = Schemas['Sessions']['sessions'][number]

export const usePeople = () => useQuery({ queryKey: ['people'], queryFn: async ({ signal }) => (await get<Schemas['People']>('/api/people', {}, signal)).people, staleTime: 0 })
export const useRoles = () => useQuery({ queryKey: ['roles'], queryFn: async ({ signal }) => (await get<Schemas['Roles']>('/api/roles', {}, signal)).roles })

const at = (person: Person) => `/api/people/${person.id}`
const version = (person: Person) => ({ 'If-Match': `"${person.version}"` })

export const addPerson = (body: NewPerson) => send<Schemas['NewPersonAnswer']>('POST', '/api/people', body)
export const changePerson = (person: Person, change: PersonChange) => send<Person>('PATCH', at(person), change, version(person))
export const removePerson = (person: Person) => send<null>('DELETE', at(person), undefined, version(person))
export const resetPassword = (person: Person) => send<Schemas['TemporaryPassword']>('POST', `${at(person)}/password`)
export const addGrant = (person: Person, role: string, area: string | null) => send<Person>('POST', `${at(person)}/grants`, { role, area_id: area })
export const removeGrant = (person: Person, grant: Grant) => send<Person>('DELETE', `${at(person)}/grants/${grant.id}`)
export const sessionsOf = async (person: Person) => (await get<Schemas['Sessions']>(`${at(person)}/sessions`)).sessions
export const endSession = (person: Person, session: OpenSession) => send<null>('DELETE', `${at(person)}/sessions/${session.id}`)
