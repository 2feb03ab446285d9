import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { forgetKept } from '@/lib/kept'
import { ApiError, get, send } from './client'
import type { components } from './schema'

type Schemas = components['schemas']

/** Who is signed in, and what is permitted where. */
export type Me = Schemas['Me']
export type Permission = Me['permissions'][number]['name']
export type SignInOptions = Schemas['SignInOptions']

/** Who is signed in; null for nobody. */
export const useMe = () => useQuery({ queryKey: ['me'], queryFn: ({ signal }) => whoAmI(signal) })

async function whoAmI(signal?: AbortSignal): Promise<Me | null> {
  try {
    // /api/session answers everybody: an error for each visitor who has not signed in yet would be none.
    const { signed_in: signedIn } = await get<SignInOptions>('/api/session', {}, signal)
    return signedIn ? await get<Me>('/api/me', {}, signal) : null
  } catch (error) {
    if (error instanceof ApiError && (error.status === 401 || error.status === 403)) return null
    throw error
  }
}

export const useSignInOptions = () => useQuery({ queryKey: ['sign-in'], queryFn: ({ signal }) => get<SignInOptions>('/api/session', {}, signal), staleTime: 0 })

export const signIn = (name: string, password: string) => send<Me>('POST', '/api/session', { name, password })
export async function signOut() {
  try {
    return await send<null>('DELETE', '/api/session')
  } finally {
    await forgetKept() // also where no service worker saw it
  }
}
export const changePassword = (present: string, next: string) => send<null>('PUT', '/api/me/password', { present, next })

/** Whether somebody may do something: somewhere at all, or in the area of a code ('' is a row outside all areas). */
export function may(me: Me | null | undefined, permission: Permission, area?: string): boolean {
  const held = me?.permissions.find((p) => p.name === permission)
  if (!held) return false
  return area === undefined || held.everywhere || (area !== '' && held.areas.some((a) => area.startsWith(a.code)))
}

/** Asks `may` about whoever is signed in. */
export function useMay() {
  const { data } = useMe()
  return computed(() => (permission: Permission, area?: string) => may(data.value, permission, area))
}
