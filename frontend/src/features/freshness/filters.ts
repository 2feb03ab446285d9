/** Parameters that choose rows by their age. */
export const AGE_FILTERS = ['due', 'confirmed_at.null']

/** What chooses the rows of an age: they are those that the figure of that name counts. */
export function filtersFor(age: 'fresh' | 'due' | 'never'): Record<string, string> {
  switch (age) {
    case 'fresh': return { due: 'false' }
    case 'due': return { due: 'true', 'confirmed_at.null': 'false' }
    case 'never': return { due: 'true', 'confirmed_at.null': 'true' }
  }
}
