import { ref } from 'vue'
import { useOutbox } from '@/api/outbox'
import { useWords } from '@/lib/i18n'

const MOST = 20 << 20 // bytes, as the server takes them

/** Puts a photo of the camera into the outbox. */
export function usePhoto() {
  const outbox = useOutbox()
  const { t } = useWords()
  const problem = ref('')

  async function add(layer: string, row: string, name: string, file: File): Promise<boolean> {
    problem.value = file.size > MOST ? t('field.photoLarge', { mb: Math.ceil(file.size / (1 << 20)), most: MOST >> 20 }) : ''
    if (problem.value) return false
    const bytes = await file.arrayBuffer().catch(() => undefined)
    if (!bytes) problem.value = t('field.photoUnread')
    else if (await outbox.add({ kind: 'photo', layer, row, name, photo: { bytes, type: file.type || 'image/jpeg', name: file.name || 'photo.jpg' } }).catch(() => undefined)) return true
    return false // where it could not be kept, the page says why
  }
  return { add, problem }
}
