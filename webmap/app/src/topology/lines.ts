/** Arcs joined to what a person calls a line: everything between two neighbours at one level. */
import { divisionAt, OUTSIDE, type Arc, type DivisionRef, type Graph } from './graph'

export interface SharedLine {
  /** Stable key: level and the two divisions. */
  readonly key: string
  readonly level: number
  readonly sides: readonly [DivisionRef | null, DivisionRef | null]
  readonly arcs: readonly number[]
  readonly outer: boolean
}

/** The lines of levels up to `level` (3 county, 4 town, 5 village) whose faces are all in hand. */
export function sharedLines(graph: Graph, level: number): SharedLine[] {
  const lines = new Map<string, { sides: [DivisionRef | null, DivisionRef | null]; arcs: Arc[] }>()
  for (const arc of graph.arcs.values()) {
    if (arc.level > level || !isWhole(graph, arc)) continue
    const sides = sidesOf(graph, arc)
    const key = [arc.level, ...sides.map((side) => side?.id ?? 'outside')].join(':')
    const line = lines.get(key) ?? { sides, arcs: [] }
    line.arcs.push(arc)
    lines.set(key, line)
  }
  return [...lines].map(([key, { sides, arcs }]) => ({
    key, sides, level: arcs[0].level, arcs: arcs.map((arc) => arc.id),
    outer: arcs.some((arc) => arc.left === OUTSIDE || arc.right === OUTSIDE),
  })).sort((a, b) => a.level - b.level || a.key.localeCompare(b.key))
}

function isWhole(graph: Graph, arc: Arc): boolean {
  return [arc.left, arc.right].every((face) => face === OUTSIDE || graph.complete.has(face))
}

function sidesOf(graph: Graph, arc: Arc): [DivisionRef | null, DivisionRef | null] {
  const [a, b] = [arc.left, arc.right].map((face) => divisionAt(graph.faces.get(face), arc.level))
  const order = (side: DivisionRef | null) => side?.code ?? side?.id ?? '\uffff'
  return order(a) <= order(b) ? [a, b] : [b, a]
}
