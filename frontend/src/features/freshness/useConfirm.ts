import { useQueryClient } from '@tanstack/vue-query'
import { ref } from 'vue'
import { ApiError } from '@/api/client'
import { errorText } from '@/api/failure'
import { confirmRow } from '@/api/freshness'
import { useConnection } from '@/api/events/connection'
import { useMe } from '@/api/session'
import type { Feature } from '@/api/types'
import { useWords } from '@/lib/i18n'
import { uuid } from '@/lib/uuid'

/** Confirming with one tap: the screen shows it at once, and takes it back with the reason where it was refused. */
export function useConfirm() {
  const { t } = useWords()
  const { data: me } = useMe()
  const { serverNow } = useConnection()
  const client = useQueryClient()
  const busy = ref('') // id of the row that is on its way
  const problem = ref<{ id: string; text: string }>()

  async function confirm(layer: string, row: Feature): Promise<boolean> {
    if (busy.value) return false
    busy.value = row.id
    problem.value = undefined
    const key = ['rows', layer, 'one', row.id]
    const before = client.getQueryData<Feature>(key)
    const at = serverNow.value.toISOString()
    if (before) client.setQueryData<Feature>(key, { ...before, properties: { ...before.properties, confirmed_at: at, confirmed_by: me.value?.person.name ?? null } })
    try {
      client.setQueryData(key, await confirmRow(layer, row.id, row.properties.version, at, uuid()))
      return true
    } catch (error) {
      if (before) client.setQueryData(key, before)
      const stale = error instanceof ApiError && error.status === 412
      problem.value = { id: row.id, text: stale ? t('freshness.changed') : errorText(error, t) }
      if (stale) void client.invalidateQueries({ queryKey: ['rows', layer] })
      if (stale) void client.invalidateQueries({ queryKey: ['freshness'] })
      return false
    } finally {
      busy.value = ''
    }
  }
  return { confirm, busy, problem }
}
