import { useOutbox } from '@/api/outbox'
import type { Entry } from '@/lib/outbox/entry'
import type { FieldRow } from './useField'

/** How long a confirmation can be taken back before it is sent, ms. */
export const TAKE_BACK = 6000

/** "Still true", in one tap; and how to take it back. */
export function useConfirm() {
  const outbox = useOutbox()
  /** The confirmation of a row that waits, if there is one. */
  const waiting = (row: FieldRow): Entry | undefined => outbox.entries.value.find((e) => e.kind === 'confirm' && e.row === row.id && e.layer === row.layer)
  const confirm = (row: FieldRow) =>
    outbox.add({ kind: 'confirm', layer: row.layer, row: row.id, base: row.properties.version, name: String(row.properties.name ?? ''), seen: { id: row.id, geometry: row.geometry, properties: { ...row.properties } }, body: {}, notBefore: Date.now() + TAKE_BACK }).catch(() => undefined) // the page says why it could not be kept
  return { waiting, confirm, takeBack: (entry: Entry) => outbox.drop(entry) }
}
