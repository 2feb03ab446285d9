/** One value that can be chosen, with the words for it. */
export interface Choice {
  value: string
  label: string
  hint?: string
}
