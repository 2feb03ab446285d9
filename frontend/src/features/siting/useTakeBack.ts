import { useAttempt } from '@/api/attempt'
import { takeBack, useSitingRefresh, type SitingFinding } from '@/api/siting'
import { useToasts } from '@/ui/toasts'

/** Takes a waiver back, tells why not, and asks everything about siting anew. */
export function useTakeBack() {
  const refresh = useSitingRefresh()
  const { tell } = useToasts()
  const { busy, problem, attempt } = useAttempt()
  async function back(finding: SitingFinding) {
    if (!(await attempt(() => takeBack(finding))) && problem.value) tell(problem.value)
    await refresh()
  }
  return { back, busy }
}
