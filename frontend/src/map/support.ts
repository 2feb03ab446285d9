/** Whether this browser can draw the map: MapLibre needs WebGL2. */
export function hasWebGL2(): boolean {
  try {
    const context = document.createElement('canvas').getContext('webgl2')
    context?.getExtension('WEBGL_lose_context')?.loseContext()
    return context !== null
  } catch {
    return false
  }
}
