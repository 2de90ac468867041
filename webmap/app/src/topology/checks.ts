/**
 * Local checks of an edit, in the order of boundaries/validate.py: outer line, simple, meets others only at common
 * nodes, no dangling end, no face lost, nothing swallowed. Cost depends on the edited stretch, not on the register.
 */
import { boxOf, boxesMeet, samePoint, type Box, type Line, type Point } from '../geometry/point'
import { doubleArea, insideRing, meet } from '../geometry/segments'
import type { Applied, Stretch } from './commands'
import { fault, type Fault } from './faults'
import { arcsOfFace, isRing, OUTSIDE, type Arc, type Graph } from './graph'

/** Every fault of an edit; an empty list means that the graph stays a coverage. */
export function checkEdit(before: Graph, applied: Applied): Fault[] {
  const { graph, stretches } = applied
  const changed = [...new Set(stretches.map((stretch) => stretch.arc))].map((id) => graph.arcs.get(id)!)
  return [
    ...checkSides(graph, changed),
    ...stretches.flatMap((stretch) => checkSimple(graph.arcs.get(stretch.arc)!, stretch)),
    ...stretches.flatMap((stretch) => checkMeetings(graph, stretch, changed)),
    ...changed.flatMap((arc) => checkEnds(graph, arc)),
    ...checkFaces(before, graph, changed),
    ...checkSwallowed(graph, stretches, changed),
  ]
}

function checkSides(graph: Graph, changed: readonly Arc[]): Fault[] {
  return changed.flatMap((arc) => {
    const sides = [arc.left, arc.right]
    if (sides.includes(OUTSIDE)) return [fault('outer_boundary', middle(arc.points), sides)]
    if (sides.every((face) => graph.complete.has(face))) return []
    return [fault('incomplete_face', middle(arc.points), sides)]
  })
}

function checkSimple(arc: Arc, stretch: Stretch): Fault[] {
  const last = arc.points.length - 2
  if (last < (isRing(arc) ? 2 : 0)) return [fault('self_crossing', arc.points[0], [arc.left, arc.right])]
  for (let i = stretch.from; i < stretch.to; i++) {
    for (let j = 0; j <= last; j++) {
      const at = j === i ? null : selfMeeting(arc, Math.min(i, j), Math.max(i, j))
      if (at !== null) return [fault('self_crossing', at, [arc.left, arc.right])]
    }
  }
  return []
}

function selfMeeting(arc: Arc, i: number, j: number): Point | null {
  const { points } = arc
  const meeting = meet(points[i], points[i + 1], points[j], points[j + 1])
  if (meeting === null) return null
  const closes = isRing(arc) && i === 0 && j === points.length - 2 && samePoint(meeting.at, points[0])
  const neighbours = j === i + 1 && samePoint(meeting.at, points[j])
  return meeting.kind === 'touch' && (neighbours || closes) ? null : meeting.at
}

/** A stretch against every other arc; pairs of changed arcs are reported once. */
function checkMeetings(graph: Graph, stretch: Stretch, changed: readonly Arc[]): Fault[] {
  const arc = graph.arcs.get(stretch.arc)!
  const box = boxOf(arc.points.slice(stretch.from, stretch.to + 1))
  const done = new Set(changed.filter((other) => other.id <= arc.id).map((other) => other.id))
  const faults: Fault[] = []
  for (const other of graph.arcs.values()) {
    if (done.has(other.id) || !boxesMeet(box, boxOfArc(other))) continue
    const found = firstMeeting(arc, stretch, other, box)
    if (found !== null) faults.push(found)
  }
  return faults
}

function firstMeeting(arc: Arc, stretch: Stretch, other: Arc, box: Box): Fault | null {
  for (let j = 0; j < other.points.length - 1; j++) {
    const [c, d] = [other.points[j], other.points[j + 1]]
    if (!boxesMeet(box, boxOf([c, d]))) continue
    for (let i = stretch.from; i < stretch.to; i++) {
      const meeting = meet(arc.points[i], arc.points[i + 1], c, d)
      if (meeting === null) continue
      const node = nodeAt(arc, meeting.at)
      if (meeting.kind === 'touch' && node !== null && node === nodeAt(other, meeting.at)) continue
      const code = meeting.kind === 'touch' ? 'arc_touching' : 'arc_crossing'
      return fault(code, meeting.at, [arc.left, arc.right, other.left, other.right])
    }
  }
  return null
}

function nodeAt(arc: Arc, at: Point): number | null {
  if (samePoint(arc.points[0], at)) return arc.startNode
  return samePoint(arc.points[arc.points.length - 1], at) ? arc.endNode : null
}

function checkEnds(graph: Graph, arc: Arc): Fault[] {
  const ends = [[arc.startNode, arc.points[0]], [arc.endNode, arc.points[arc.points.length - 1]]] as const
  return ends.flatMap(([node, at]) => {
    const place = graph.nodes.get(node)
    return place !== undefined && samePoint(place, at) ? [] : [fault('dangling_end', at, [arc.left, arc.right])]
  })
}

/** A face keeps a positive area, and a ring keeps its turn: a ring pulled through itself would swap its sides. */
function checkFaces(before: Graph, graph: Graph, changed: readonly Arc[]): Fault[] {
  const turned = changed.filter((arc) => {
    return isRing(arc) && doubleArea(arc.points) * doubleArea(before.arcs.get(arc.id)!.points) <= 0
  })
  const faces = new Set(changed.flatMap((arc) => [arc.left, arc.right]))
  const lost = [...faces].filter((face) => graph.complete.has(face) && doubleAreaOfFace(graph, face) <= 0)
  return [
    ...turned.map((arc) => fault('face_lost', arc.points[0], [arc.left, arc.right])),
    ...lost.map((face) => fault('face_lost', middle(arcsOfFace(graph, face)[0].points), [face])),
  ]
}

function doubleAreaOfFace(graph: Graph, face: number): number {
  const arcs = arcsOfFace(graph, face).filter((arc) => arc.left !== arc.right)
  if (arcs.length === 0) return 0
  const origin = arcs[0].points[0]
  return arcs.reduce((sum, arc) => sum + (arc.left === face ? 1 : -1) * doubleArea([origin, ...arc.points]), 0)
}

/** No untouched arc may lie between the old and the new way: its faces would be on the wrong side. */
function checkSwallowed(graph: Graph, stretches: readonly Stretch[], changed: readonly Arc[]): Fault[] {
  const own = new Set(changed.map((arc) => arc.id))
  const regions = stretches.map((stretch) => [...stretch.after, ...[...stretch.before].reverse()])
  const boxes = regions.map(boxOf)
  return [...graph.arcs.values()].flatMap((arc) => {
    if (own.has(arc.id)) return []
    const probe = middle(arc.points)
    const hit = regions.some((ring, i) => boxesMeet(boxes[i], [...probe, ...probe]) && insideRing(probe, ring))
    return hit ? [fault('enclave_swallowed', probe, [arc.left, arc.right])] : []
  })
}

/** A point of the line away from its ends. */
function middle(points: Line): Point {
  if (points.length > 2) return points[Math.floor(points.length / 2)]
  return [Math.round((points[0][0] + points[1][0]) / 2), Math.round((points[0][1] + points[1][1]) / 2)]
}

const boxes = new WeakMap<Arc, Box>()

function boxOfArc(arc: Arc): Box {
  const known = boxes.get(arc) ?? boxOf(arc.points)
  boxes.set(arc, known)
  return known
}
