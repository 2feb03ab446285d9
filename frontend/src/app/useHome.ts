import { useArea } from '@/api/areas'
import { useInstallation } from '@/api/queries'
import { useView } from '@/lib/view/useView'
import { useEngine } from '@/map/current'

/** Shows the whole scope again; `focusMap` gives the keyboard to the map. */
export function useHome() {
  const engine = useEngine()
  const { view, go } = useView()
  const installation = useInstallation()
  const { box } = useArea(() => view.value.area)
  function home() {
    const target = (view.value.area && box.value) || installation.data.value?.extent
    if (!target) return
    engine.value?.fit(target)
    if (view.value.camera) void go({ camera: undefined }, true)
  }
  home.focusMap = () => engine.value?.map.getCanvas().focus()
  return home
}
