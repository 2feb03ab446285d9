// The one place that says which folder of src may import which.
// app → features → fields → map, api → ui, lib; one feature never imports another. fields is how declared fields are read,
// entered, checked and merged, whatever the layer.
import path from 'node:path'

export const mayImport = {
  app: ['features', 'fields', 'map', 'api', 'ui', 'lib'],
  features: ['worker', 'fields', 'map', 'api', 'ui', 'lib'],
  fields: ['map', 'api', 'ui', 'lib'],
  map: ['api', 'ui', 'lib'],
  api: ['lib'],
  ui: ['lib'],
  lib: [],
  worker: [], // the service worker is a program of its own
}

/** Splits a file below src into its folder and, in features, its feature. */
export function place(file, src) {
  const [folder, feature] = path.relative(src, file).split(path.sep)
  return { folder, feature: folder === 'features' ? feature : undefined }
}

/** Says why an import is wrong, or undefined when it is right. */
export function fault(from, to) {
  if (to.folder === from.folder) {
    if (from.feature !== to.feature) return `feature "${from.feature}" must not import feature "${to.feature}"`
    return undefined
  }
  const allowed = mayImport[from.folder]
  if (!allowed || allowed.includes(to.folder)) return undefined
  return `"${from.folder}" must not import "${to.folder}"`
}

export const direction = {
  meta: { type: 'problem', schema: [], docs: { description: 'imports go in one direction' } },
  create(context) {
    const src = path.join(context.cwd, 'src')
    const from = place(context.filename, src)
    function check(node) {
      const wanted = node.source?.value
      if (typeof wanted !== 'string') return
      let target
      if (wanted.startsWith('@/')) target = path.join(src, wanted.slice(2))
      else if (wanted.startsWith('.')) target = path.resolve(path.dirname(context.filename), wanted)
      else return
      if (!target.startsWith(src)) return
      const why = fault(from, place(target, src))
      if (why) context.report({ node, message: why })
    }
    return { ImportDeclaration: check, ImportExpression: check, ExportNamedDeclaration: check, ExportAllDeclaration: check }
  },
}
