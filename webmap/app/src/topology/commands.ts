/** Apply an operation to a graph. Pure: a new graph comes back, with what restores the old one. */
import { samePoint, withoutRepeats, type Line, type Point } from '../geometry/point'
import { arcHash } from './arc_hash'
import { fault, type Fault } from './faults'
import { arcsAtNode, isRing, withArcs, withNode, withoutArcs, type Arc, type Graph } from './graph'
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
  /** The operation declares that the outline changes. */
  readonly outerChanged: boolean
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
  if (arc === undefined) return { fault: fault('arc_gone', null, []) }
  if (arc.hash !== operation.hash) return { fault: fault('arc_changed', arc.points[0], [arc.left, arc.right]) }
  const { start, end } = operation
  if (start < 0 || end <= start || end >= arc.points.length) {
    return { fault: fault('bad_vertex_range', null, [arc.left, arc.right]) }
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
      outerChanged: operation.outer_changed ?? false,
    },
  }
}

function stretchWithoutRepeats(first: Point, path: Line, last: Point): Point[] {
  const inner = withoutRepeats([first, ...path]).slice(1)
  if (inner.length > 0 && samePoint(inner[inner.length - 1], last)) inner.pop()
  return [first, ...inner, last]
}

/** Moved onto another node, the two become one, and an arc that shrinks to a point disappears. */
function applyMoveNode(graph: Graph, operation: MoveNode): Outcome {
  const { node, x, y } = operation
  const from = graph.nodes.get(node)
  const incident = arcsAtNode(graph, node)
  if (from === undefined || incident.length === 0) return { fault: fault('node_gone', null, []) }
  const changed = staleArc(operation, incident)
  if (changed !== null) return { fault: fault('arc_changed', from, [changed.left, changed.right]) }
  const to: Point = [x, y]
  const target = nodeAtPlace(graph, to) ?? node
  const moved = incident.map((arc) => withEndMoved(arc, node, target, to))
  const kept = moved.filter((arc) => arc.points.length > 1)
  const gone = moved.filter((arc) => arc.points.length <= 1).map((arc) => arc.id)
  const after = withoutArcs(withArcs(graph, kept), gone)
  return {
    applied: {
      graph: target === node ? withNode(after, node, to) : after,
      stretches: kept.flatMap((arc) => endStretches(graph.arcs.get(arc.id)!, arc, node, to)),
      inverse: { arcs: incident, nodes: [[node, from]] },
      outerChanged: operation.outer_changed ?? false,
    },
  }
}

function nodeAtPlace(graph: Graph, place: Point): number | null {
  const found = [...graph.nodes].filter(([, at]) => samePoint(at, place)).map(([id]) => id)
  return found.length === 0 ? null : Math.min(...found)
}

/** The operation must have seen every arc at the node, as it stands now; returns the first that it has not. */
function staleArc(operation: MoveNode, incident: readonly Arc[]): Arc | null {
  const seen = new Map(operation.arcs.map(({ arc, hash }) => [arc, hash]))
  const unseen = incident.find((arc) => seen.get(arc.id) !== arc.hash)
  return unseen ?? (seen.size === incident.length ? null : incident[0])
}

function withEndMoved(arc: Arc, node: number, target: number, to: Point): Arc {
  const points = [...arc.points]
  const { startNode, endNode } = arc
  if (startNode === node) points[0] = to
  if (endNode === node) points[points.length - 1] = to
  return {
    ...withPoints(arc, withoutRepeats(points)),
    startNode: startNode === node ? target : startNode,
    endNode: endNode === node ? target : endNode,
  }
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
