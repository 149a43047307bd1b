// The layers of the application, from the bottom up. A file imports only from
// its own layer or from below; a feature never imports another feature.
const LAYERS = ['locales', 'lib', 'api', 'components', 'features', 'app']

/** What is wrong with `from` importing `to` (paths below src/), or null. */
export function violation(from, to) {
  const [fromLayer, fromFeature] = from.split('/')
  const [toLayer, toFeature] = to.split('/')
  const a = LAYERS.indexOf(fromLayer)
  const b = LAYERS.indexOf(toLayer)
  if (a < 0 || b < 0) return null
  if (b > a) return `${fromLayer}/ may not import ${toLayer}/`
  if (fromLayer === 'features' && toLayer === 'features' && fromFeature !== toFeature)
    return `the feature ${fromFeature} may not import the feature ${toFeature}`
  return null
}

/** The ESLint rule: every import is absolute (`@/…`) or stays in its folder. */
export const importDirection = {
  meta: { type: 'problem', schema: [], messages: { bad: '{{why}}.' } },
  create(context) {
    const file = context.filename.replaceAll('\\', '/').split('/src/').at(-1)
    const check = (node) => {
      const source = node.source?.value
      if (typeof source !== 'string') return
      let target = null
      if (source.startsWith('@/')) target = source.slice(2)
      else if (source.startsWith('.')) target = new URL(source, `file:///${file}`).pathname.slice(1)
      const why = target && violation(file, target)
      if (why) context.report({ node, messageId: 'bad', data: { why } })
    }
    return { ImportDeclaration: check, ExportNamedDeclaration: check, ExportAllDeclaration: check, ImportExpression: check }
  },
}
