import type { InjectionKey } from 'vue'

/** Brings back the dialog of a session that has ended, which the person has put off. */
export const ASK_SIGN_IN: InjectionKey<() => void> = Symbol('ask to sign in')
