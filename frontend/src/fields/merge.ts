// Two people changed one row. What only one of them changed is taken; what both changed, differently, is for a person to
// decide. Lists are compared line by line.
import type { Layer, PartRow } from '@/api/types'
import { copyOf, keysOf, same, take, under, type Draft } from './draft'

/** How a key came to be what it is. */
export type Side = 'mine' | 'theirs' | 'both'

export interface Merged {
  draft: Draft // without the clashes: they stand as in theirs
  taken: Record<string, Side> // what differs from before, and whose it is; both: the same was done twice, or lines of one list by each
  clashes: string[]
}

/** Joins mine and theirs, which both began as base. */
export function merge(layer: Layer, base: Draft, mine: Draft, theirs: Draft): Merged {
  const draft = copyOf(theirs)
  const taken: Record<string, Side> = {}
  const clashes: string[] = []
  for (const key of keysOf(layer, base, mine, theirs)) {
    // A field that theirs does not carry is hidden from who edits.
    if (!(key in theirs.values) && key in base.values) continue
    const [was, own, other] = [under(base, key), under(mine, key), under(theirs, key)]
    if (same(own, was) && same(other, was)) continue
    if (same(own, other)) taken[key] = 'both'
    else if (same(own, was)) taken[key] = 'theirs'
    else if (same(other, was)) {
      taken[key] = 'mine'
      take(draft, mine, key)
    } else {
      const lines = key in theirs.parts ? mergeLines(base.parts[key] ?? [], mine.parts[key] ?? [], theirs.parts[key]!) : undefined
      if (lines) {
        taken[key] = 'both'
        draft.parts[key] = lines
      } else clashes.push(key)
    }
  }
  return { draft, taken, clashes }
}

/** The joined row with each clash as it was chosen. */
export function settled({ draft, clashes }: Merged, mine: Draft, chosen: Record<string, 'mine' | 'theirs'>): Draft {
  const decided = copyOf(draft)
  for (const key of clashes) if (chosen[key] === 'mine') take(decided, mine, key)
  return decided
}

/** Joins two versions of a list by the ids of its lines; undefined when both changed one line differently. New lines have no id, or one that base does not know. */
export function mergeLines(base: PartRow[], mine: PartRow[], theirs: PartRow[]): PartRow[] | undefined {
  const find = (list: PartRow[], line: PartRow) => list.find((l) => l.id !== undefined && l.id === line.id)
  const out: PartRow[] = []
  for (const line of theirs) {
    const was = find(base, line)
    const own = find(mine, line)
    if (!was) out.push(line)
    else if (!own) {
      if (!same(line, was)) return undefined // I took away what they changed
    } else if (same(own, was) || same(own, line)) out.push(line)
    else if (same(line, was)) out.push(own)
    else return undefined
  }
  for (const line of base) {
    const own = find(mine, line)
    if (!find(theirs, line) && own && !same(own, line)) return undefined // they took away what I changed
  }
  return [...out, ...mine.filter((line) => !find(base, line) && !find(theirs, line))]
}
