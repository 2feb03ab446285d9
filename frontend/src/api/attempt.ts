import { ref } from 'vue'
import { useWords } from '@/lib/i18n'
import { errorText } from './failure'

/** Something that the server may refuse: `busy` while it is on its way, then the `problem` in words, '' when it is done. */
export function useAttempt() {
  const { t } = useWords()
  const busy = ref(false)
  const problem = ref('')
  /** Does it, and tells whether it was done. */
  async function attempt(work: () => Promise<unknown>): Promise<boolean> {
    busy.value = true
    problem.value = ''
    try {
      await work()
      return true
    } catch (error) {
      problem.value = errorText(error, t)
      return false
    } finally {
      busy.value = false
    }
  }
  return { busy, problem, attempt }
}
