import { computed } from 'vue'
import { useMapInput } from '@/map/input/useMapInput'

/** What the screen's map shows, in the colours and at the size of paper. */
export function usePrintInput() {
  const { input, box } = useMapInput('light')
  return { box, input: computed(() => input.value && { ...input.value, factor: 1 }) }
}
