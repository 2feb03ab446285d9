import { onBeforeUnmount, onMounted } from 'vue'
import { useRouter } from 'vue-router'
import { useInstallation } from '@/api/queries'
import { usePreferences } from '@/lib/preferences'
import { MAPS, writeQuery, type MapName } from '@/lib/view/state'
import { useView } from '@/lib/view/useView'
import { useMeasure } from '@/map/measure/useMeasure'

interface Actions {
  search(): void
  rows(): void
  help(): void
  home(): void
  leave(): boolean // a form that is open is left before anything else
}

const NAMES: MapName[] = ['all', ...MAPS]

/** Keys of the desk. They are not heard while something is being typed, nor with Ctrl, Alt or Meta. */
export function useShortcuts(actions: Actions) {
  const { view, go, select, enter } = useView()
  const measure = useMeasure()
  const preferences = usePreferences()
  const router = useRouter()
  const installation = useInstallation()

  function up() {
    if (actions.leave()) return
    if (measure.active.value) return measure.stop()
    if (view.value.selected) return void select(undefined)
    const top = installation.data.value?.district?.code ?? ''
    const above = view.value.area.slice(0, view.value.area.length > 9 ? 9 : 6)
    if (view.value.area) void enter(above.length > top.length ? above : '')
  }
  const keys: Record<string, () => void> = {
    '/': actions.search,
    '?': actions.help,
    j: actions.rows,
    k: actions.rows,
    g: actions.home,
    p: () => void router.push({ name: 'print', params: { map: view.value.map }, query: writeQuery(view.value) }),
    m: () => (measure.active.value === 'distance' ? measure.stop() : measure.start('distance')),
    a: () => (measure.active.value === 'area' ? measure.stop() : measure.start('area')),
    Escape: up,
  }
  function measuring(event: KeyboardEvent): boolean {
    if (!measure.active.value) return false
    if (event.key === 'Enter') measure.finish()
    else if (event.key === 'Backspace') measure.undo()
    else return false
    return true
  }
  function heard(event: KeyboardEvent) {
    const target = event.target instanceof Element ? event.target : document.body
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || document.querySelector('dialog:modal')) return
    if (target.closest('input:not([type=checkbox], [type=radio]), select, textarea, dialog')) return
    if (measuring(event)) return event.preventDefault()
    if (!preferences.keys && event.key.length === 1) return // WCAG 2.1.4: single characters can be turned off
    const map = NAMES[Number(event.key) - 1]
    const action = map ? () => void go({ map, layer: '', sort: '', tab: '' }) : keys[event.key]
    if (!action) return
    event.preventDefault()
    action()
  }
  onMounted(() => addEventListener('keydown', heard))
  onBeforeUnmount(() => removeEventListener('keydown', heard))
}
