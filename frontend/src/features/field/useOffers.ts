// The ways on that the server offers for an entry that it holds back.
import { ref } from 'vue'
import { useOutbox } from '@/api/outbox'
import { errorText } from '@/api/failure'
import { readRow } from '@/api/writes'
import type { Layer } from '@/api/types'
import { applied, draftOf, entryOf } from '@/fields/draft'
import { useWords } from '@/lib/i18n'
import { bodyOf, type Entry, type Finding, type Row } from '@/lib/outbox/entry'
import { rowName } from '@/lib/text'

type Offer = NonNullable<Finding['offers']>[number]

export function useOffers(layerOf: (entry: Entry) => Layer | undefined) {
  const outbox = useOutbox()
  const { t, lang } = useWords()
  const busy = ref(0) // the entry whose offer is being taken
  const problem = ref<{ seq: number; text: string }>()

  /** Those that are a button of their own. */
  const offersOf = (entry: Entry): Offer[] =>
    (entry.refusal?.findings ?? []).flatMap((f) => f.offers ?? []).filter((o) => (o.action === 'swap' && o.geometry) || (o.action === 'merge' && o.id && entry.kind === 'create'))

  const swap = (entry: Entry, { geometry }: Offer) => outbox.again(entry, { body: { ...entry.body, geometry } })

  /** Goes on with the row that is there already; what was typed is then a change of it. Gives the entry, to look at. */
  async function join(entry: Entry, { id }: Offer): Promise<Entry | undefined> {
    const layer = layerOf(entry)
    if (!layer || !id) return undefined
    busy.value = entry.seq
    problem.value = undefined
    try {
      const row = await readRow(layer.name, id)
      const before = draftOf(layer, row)
      const typed = Object.fromEntries(Object.entries(entry.body?.properties ?? {}).filter(([name]) => name in before.values)) as Parameters<typeof applied>[2]['properties']
      const { properties } = entryOf(layer, before, applied(layer, before, { properties: typed ?? {} }))
      const name = rowName(row.properties, lang.value)
      return await outbox.redirect(entry, { row: { id: row.id, geometry: row.geometry, properties: { ...row.properties } } as Row, name, body: { ...bodyOf({ properties }), confirm: true }, refusal: { code: 'merged', text: t('field.merged', { name }) } })
    } catch (cause) {
      problem.value = { seq: entry.seq, text: errorText(cause, t) }
      return undefined
    } finally {
      busy.value = 0
    }
  }
  return { offersOf, swap, join, busy, problem }
}
