/** Apply an operation to a graph. Pure: a new graph comes back, with what restores the old one. */
import { samePoint, withoutRepeats, type Line, type Point } from '../geometry/point'
import { arcHash } from './arc_hash'
import { fault, type Fault } from './faults'
import { arcsAtNode, isRing, withArcs, withNode, type Arc, type Graph } from './graph'
import { newOperationId, type MoveNode, type Reshape, type ShapeOperation } from './operations'

/** One changed stretch of an arc: the same two ends, another way between them. */
export interface Stretch {
  readonly arc: number
  readonly before: Line
  readonly after: Line
  /** Segments from..to-1 of the arc as it is now are new. */
  readonly from: number
  readonly to: number
}

/** The inverse of a command: the arcs and nodes as they were. */
export interface Inverse {
  readonly arcs: readonly Arc[]
  readonly nodes: readonly (readonly [id: number, at: Point])[]
}

export interface Applied {
  readonly graph: Graph
  readonly stretches: readonly Stretch[]
  readonly inverse: Inverse
}

export type Outcome = { readonly applied: Applied } | { readonly fault: Fault }

export function applyOperation(graph: Graph, operation: ShapeOperation): Outcome {
  return operation.kind === 'reshape' ? applyReshape(graph, operation) : applyMoveNode(graph, operation)
}

export function restore(graph: Graph, inverse: Inverse): Graph {
  const nodes = new Map(graph.nodes)
  for (const [id, at] of inverse.nodes) nodes.set(id, at)
  return { ...withArcs(graph, inverse.arcs), nodes }
}

function applyReshape(graph: Graph, operation: Reshape): Outcome {
  const arc = graph.arcs.get(operation.arc)
  if (arc === undefined || arc.hash !== operation.hash) return { fault: fault('stale_arc', null, []) }
  const { start, end } = operation
  if (start < 0 || end <= start || end >= arc.points.length) {
    return { fault: fault('bad_range', null, [arc.left, arc.right]) }
  }
  const after = stretchWithoutRepeats(arc.points[start], operation.path, arc.points[end])
  const points = [...arc.points.slice(0, start), ...after, ...arc.points.slice(end + 1)]
  const before = arc.points.slice(start, end + 1)
  const stretch = { arc: arc.id, before, after, from: start, to: start + after.length - 1 }
  return {
    applied: {
      graph: withArcs(graph, [withPoints(arc, points)]),
      stretches: [stretch],
      inverse: { arcs: [arc], nodes: [] },
    },
  }
}

function stretchWithoutRepeats(first: Point, path: Line, last: Point): Point[] {
  const inner = withoutRepeats([first, ...path]).slice(1)
  if (inner.length > 0 && samePoint(inner[inner.length - 1], last)) inner.pop()
  return [first, ...inner, last]
}

function applyMoveNode(graph: Graph, operation: MoveNode): Outcome {
  const from = graph.nodes.get(operation.node)
  const incident = arcsAtNode(graph, operation.node)
  if (from === undefined || !namesExactly(operation, incident)) return { fault: fault('stale_arc', null, []) }
  const to: Point = [operation.x, operation.y]
  const moved = incident.map((arc) => withEndMoved(arc, operation.node, to))
  return {
    applied: {
      graph: withNode(withArcs(graph, moved), operation.node, to),
      stretches: incident.flatMap((arc, i) => endStretches(arc, moved[i], operation.node, to)),
      inverse: { arcs: incident, nodes: [[operation.node, from]] },
    },
  }
}

/** The operation must have seen every arc at the node, as it stands now. */
function namesExactly(operation: MoveNode, incident: readonly Arc[]): boolean {
  const seen = new Map(operation.arcs.map(({ arc, hash }) => [arc, hash]))
  return seen.size === incident.length && incident.every((arc) => seen.get(arc.id) === arc.hash)
}

function withEndMoved(arc: Arc, node: number, to: Point): Arc {
  const points = [...arc.points]
  if (arc.startNode === node) points[0] = to
  if (arc.endNode === node) points[points.length - 1] = to
  return withPoints(arc, withoutRepeats(points))
}

/**
 * The stretches at the moved ends. The way from the old to the new place of the node belongs to `before`; it
 * cancels in the sum over the arcs around the node, so that areas and swept regions stay exact.
 */
function endStretches(arc: Arc, moved: Arc, node: number, to: Point): Stretch[] {
  const { points } = arc
  const last = points.length - 1
  const stretches: Stretch[] = []
  if (arc.startNode === node) {
    const next = points[1]
    stretches.push({ arc: arc.id, before: [to, points[0], next], after: [to, next], from: 0, to: 1 })
  }
  if (arc.endNode === node) {
    const previous = points[last - 1]
    const end = moved.points.length - 1
    stretches.push({ arc: arc.id, before: [previous, points[last], to], after: [previous, to], from: end - 1, to: end })
  }
  return stretches
}

function withPoints(arc: Arc, points: Line): Arc {
  return { ...arc, points, hash: arcHash(points, arc.left, arc.right) }
}

/* Builders: what a person does with a handle, as an operation. Vertex edits are reshapes. */

export function moveVertex(graph: Graph, arcId: number, index: number, to: Point): ShapeOperation {
  const arc = graph.arcs.get(arcId)!
  const node = nodeOfVertex(arc, index)
  return node === null ? reshape(arc, index - 1, index + 1, [to]) : moveNode(graph, node, to)
}

export function insertVertex(graph: Graph, arcId: number, segment: number, at: Point): Reshape {
  return reshape(graph.arcs.get(arcId)!, segment, segment + 1, [at])
}

/** Null at the ends of an arc: a node belongs to several arcs and is moved, never deleted. */
export function deleteVertex(graph: Graph, arcId: number, index: number): Reshape | null {
  const arc = graph.arcs.get(arcId)!
  return nodeOfVertex(arc, index) === null ? reshape(arc, index - 1, index + 1, []) : null
}

export function reshape(arc: Arc, start: number, end: number, path: Line): Reshape {
  return { id: newOperationId(), kind: 'reshape', arc: arc.id, hash: arc.hash, start, end, path }
}

export function moveNode(graph: Graph, node: number, to: Point): MoveNode {
  const arcs = arcsAtNode(graph, node).map((arc) => ({ arc: arc.id, hash: arc.hash }))
  return { id: newOperationId(), kind: 'move_node', node, x: to[0], y: to[1], arcs }
}

/** The node at a vertex of an arc, or null for a vertex between its ends. */
export function nodeOfVertex(arc: Arc, index: number): number | null {
  if (index === 0) return arc.startNode
  if (index === arc.points.length - 1) return isRing(arc) ? arc.startNode : arc.endNode
  return null
}
