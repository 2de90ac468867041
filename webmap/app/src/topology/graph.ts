/** The part of the register in hand: arcs, nodes and faces. Values are never changed, only replaced. */
import { boxOf, type Box, type Line, type Point } from '../geometry/point'

export const OUTSIDE = 0

export interface Arc {
  readonly id: number
  readonly version: number
  readonly hash: string
  readonly startNode: number
  readonly endNode: number
  /** Face ids; OUTSIDE is the land beyond the register. */
  readonly left: number
  readonly right: number
  /** Highest level (smallest number) at which the two sides differ. */
  readonly level: number
  readonly points: Line
  readonly line: LineName | null
}

export interface LineName {
  readonly id: string
  readonly name: string
  readonly legalStatus: string
}

export interface DivisionRef {
  readonly id: string
  readonly name: string
  readonly code: string | null
  readonly level: number
}

export interface Face {
  readonly id: number
  readonly kind: 'unit' | 'rest' | 'water' | 'outside'
  readonly label: string
  /** The division of this face and all above it, lowest first. */
  readonly divisions: readonly DivisionRef[]
}

export interface Graph {
  readonly arcs: ReadonlyMap<number, Arc>
  readonly nodes: ReadonlyMap<number, Point>
  readonly faces: ReadonlyMap<number, Face>
  /** Faces of which every arc is in hand; only these may change. */
  readonly complete: ReadonlySet<number>
}

export function isRing(arc: Arc): boolean {
  return arc.startNode === arc.endNode
}

export function arcsAtNode(graph: Graph, node: number): Arc[] {
  return [...graph.arcs.values()].filter((arc) => arc.startNode === node || arc.endNode === node)
}

export function arcsOfFace(graph: Graph, face: number): Arc[] {
  return [...graph.arcs.values()].filter((arc) => arc.left === face || arc.right === face)
}

export function withArcs(graph: Graph, changed: readonly Arc[]): Graph {
  const arcs = new Map(graph.arcs)
  for (const arc of changed) arcs.set(arc.id, arc)
  return { ...graph, arcs }
}

export function withoutArcs(graph: Graph, gone: readonly number[]): Graph {
  if (gone.length === 0) return graph
  const arcs = new Map(graph.arcs)
  gone.forEach((id) => arcs.delete(id))
  return { ...graph, arcs }
}

export function withNode(graph: Graph, node: number, at: Point): Graph {
  return { ...graph, nodes: new Map(graph.nodes).set(node, at) }
}

/** The division of a face at a level, or null (outside, water, or a level it does not have). */
export function divisionAt(face: Face | undefined, level: number): DivisionRef | null {
  return face?.divisions.find((division) => division.level === level) ?? null
}

const boxes = new WeakMap<Arc, Box>()

/** Box of an arc, computed once: arcs are never changed in place. */
export function boxOfArc(arc: Arc): Box {
  const known = boxes.get(arc) ?? boxOf(arc.points)
  boxes.set(arc, known)
  return known
}

/** Two pieces of one register as one; where both hold an arc, `first` wins. */
export function joinGraphs(first: Graph, second: Graph): Graph {
  return {
    arcs: new Map([...second.arcs, ...first.arcs]),
    nodes: new Map([...second.nodes, ...first.nodes]),
    faces: new Map([...second.faces, ...first.faces]),
    complete: new Set([...first.complete, ...second.complete]),
  }
}
