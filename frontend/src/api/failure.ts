import { computed, type Ref } from 'vue'
import { useWords } from '@/lib/i18n'
import { ApiError } from './client'

interface Query {
  data: Ref<unknown>
  failureReason: Ref<unknown>
  failureCount: Ref<number>
  isError: Ref<boolean>
}

/** Why a query has nothing to show, in the reader's words; '' while it has something or has failed only once. */
export function useFailure({ data, failureReason, failureCount, isError }: Query) {
  const { t } = useWords()
  return computed(() => {
    if (data.value !== undefined || !(isError.value || failureCount.value > 1)) return ''
    return failureReason.value instanceof ApiError ? failureReason.value.message : t('error.network')
  })
}
