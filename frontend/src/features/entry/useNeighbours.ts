import { onScopeDispose, watch, type Ref } from 'vue'
import { useAreasBelow } from '@/api/areas'
import { useInstallation } from '@/api/queries'
import { useView } from '@/lib/view/useView'
import { shapeOf } from '@/map/drawing/shape'
import { useDrawing } from '@/map/drawing/useDrawing'

/** Lets boundaries snap to the exact corners of the areas beside them, so that neighbours leave no gap. */
export function useNeighbours(wanted: Ref<boolean>, own: () => string) {
  const { view } = useView()
  const installation = useInstallation()
  // Beside an area lie those below the same parent: of a village its township's, otherwise the district's.
  const parent = () => (!wanted.value ? '' : view.value.area.length === 12 ? view.value.area.slice(0, 9) : (installation.data.value?.district?.code ?? ''))
  const below = useAreasBelow(parent)
  const { neighbours } = useDrawing()
  watch([below.data, own], ([rows]) => {
    neighbours.value = wanted.value ? (rows ?? []).flatMap((row) => (row.id !== own() && row.geometry && row.geometry.type !== 'Point' ? shapeOf(row.geometry).groups.flat(2) : [])) : []
  }, { immediate: true })
  onScopeDispose(() => (neighbours.value = []))
}
