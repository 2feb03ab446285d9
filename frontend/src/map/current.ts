import { inject, provide, shallowRef, type InjectionKey, type ShallowRef } from 'vue'
import type { Engine } from './engine'

type Current = ShallowRef<Engine | undefined>
const KEY: InjectionKey<Current> = Symbol('map engine')

/** Makes a place for the page's map, so that lists and cards can move it. */
export function provideEngine(): Current {
  const current: Current = shallowRef()
  provide(KEY, current)
  return current
}

/** The map of the page; empty until it is made, and on pages without one. */
export const useEngine = (): Current => inject(KEY, () => shallowRef(), true)
