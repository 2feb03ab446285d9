import { computed, type Ref } from 'vue'
import { useWords } from '@/lib/i18n'
import { ApiError } from './client'

interface Query {
  data: Ref<unknown>
  failureReason: Ref<unknown>
  failureCount: Ref<number>
  isError: Ref<boolean>
}

/** What an error says to the reader. Nothing when nobody is signed in any more: the page then asks to sign in, and words
 * beside that would still stand there afterwards. */
export function errorText(error: unknown, t: (key: 'error.network') => string): string {
  if (!(error instanceof ApiError)) return t('error.network')
  return error.problem?.code === 'not_signed_in' ? '' : error.message
}

/** Why a query has nothing to show, in the reader's words; '' while it has something or has failed only once. */
export function useFailure({ data, failureReason, failureCount, isError }: Query) {
  const { t } = useWords()
  return computed(() => (data.value !== undefined || !(isError.value || failureCount.value > 1) ? '' : errorText(failureReason.value, t)))
}
