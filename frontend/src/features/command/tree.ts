import type { Feature, Field } from '@/api/types'

export interface Node {
  row: Feature
  children: Node[]
  depth: number
}

/** The rows as trees by their parent field, in the order in which they came. A row whose parent is not among them is a root. */
export function treeOf(rows: Feature[], parent: Field): Node[] {
  const nodes = new Map(rows.map((row): [string, Node] => [row.id, { row, children: [], depth: 0 }]))
  const roots: Node[] = []
  for (const node of nodes.values()) {
    const above = nodes.get(String(node.row.properties[parent.name] ?? ''))
    if (above && !isBelow(above, node, nodes, parent)) above.children.push(node)
    else roots.push(node)
  }
  const count = (list: Node[], depth: number) => {
    for (const node of list) {
      node.depth = depth
      count(node.children, depth + 1)
    }
  }
  count(roots, 0)
  return roots
}

// A ring of parents would never be drawn: whoever closes it becomes a root.
function isBelow(node: Node, of: Node, nodes: Map<string, Node>, parent: Field): boolean {
  const seen = new Set<string>()
  for (let at: Node | undefined = node; at && !seen.has(at.row.id); at = nodes.get(String(at.row.properties[parent.name] ?? ''))) {
    if (at === of) return true
    seen.add(at.row.id)
  }
  return false
}

/** The tree as lines: what is open, in reading order. */
export function lines(roots: Node[], open: ReadonlySet<string>): Node[] {
  return roots.flatMap((node) => [node, ...(open.has(node.row.id) ? lines(node.children, open) : [])])
}

/** The ids above a row, nearest first. */
export function ancestors(id: string, rows: Feature[], parent: Field): string[] {
  const byId = new Map(rows.map((row) => [row.id, row]))
  const list: string[] = []
  for (let at = byId.get(id)?.properties[parent.name]; typeof at === 'string' && byId.has(at) && !list.includes(at); at = byId.get(at)?.properties[parent.name]) list.push(at)
  return list
}
