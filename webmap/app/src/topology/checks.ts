/**
 * Local checks of an edit, in the order of boundaries/validate.py: simple, meets others only at common nodes, no
 * dangling end, nothing swallowed, no face lost, outer line unchanged. Cost depends on the edited stretch, not on the register.
 */
import { boxOf, boxesMeet, samePoint, type Box, type Line, type Point } from '../geometry/point'
import { doubleArea, insideRing, meet } from '../geometry/segments'
import type { Applied, Stretch } from './commands'
import { fault, type Fault } from './faults'
import { arcsOfFace, boxOfArc, isRing, OUTSIDE, type Arc, type Graph } from './graph'

interface Case {
  readonly before: Graph
  readonly graph: Graph
  readonly stretches: readonly Stretch[]
  /** Arcs of `graph` that the edit made, and those of `before` that it took away. */
  readonly changed: readonly Arc[]
  readonly removed: readonly Arc[]
  readonly outerChanged: boolean
}

/**
 * The faults of an edit; an empty list means that the graph stays a coverage. As on the server, the first step
 * that finds something is the last one made: the later ones rely on what the earlier ones prove.
 */
export function checkEdit(before: Graph, applied: Applied): Fault[] {
  const { graph, stretches, inverse, outerChanged } = applied
  const changed = inverse.arcs.flatMap((arc) => graph.arcs.get(arc.id) ?? [])
  const edit: Case = { before, graph, stretches, changed, removed: inverse.arcs, outerChanged }
  for (const step of STEPS) {
    const faults = step(edit)
    if (faults.length > 0) return faults
  }
  return []
}

function checkComplete({ graph, removed }: Case): Fault[] {
  const faces = [...new Set(removed.flatMap((arc) => [arc.left, arc.right]))]
  return faces.filter((face) => face !== OUTSIDE && !graph.complete.has(face))
    .map((face) => fault('subgraph_incomplete', null, [face]))
}

function checkSize({ changed }: Case): Fault[] {
  return changed.filter((arc) => arc.points.length < (isRing(arc) ? 4 : 2))
    .map((arc) => fault('arc_degenerate', arc.points[0], [arc.left, arc.right]))
}

function checkSimple({ graph, stretches }: Case): Fault[] {
  return stretches.flatMap((stretch) => {
    const arc = graph.arcs.get(stretch.arc)!
    const at = firstSelfMeeting(arc, stretch)
    return at === null ? [] : [fault('arc_crosses_itself', at, [arc.left, arc.right])]
  })
}

function firstSelfMeeting(arc: Arc, stretch: Stretch): Point | null {
  for (let i = stretch.from; i < stretch.to; i++) {
    for (let j = 0; j < arc.points.length - 1; j++) {
      const at = j === i ? null : selfMeeting(arc, Math.min(i, j), Math.max(i, j))
      if (at !== null) return at
    }
  }
  return null
}

function selfMeeting(arc: Arc, i: number, j: number): Point | null {
  const { points } = arc
  const meeting = meet(points[i], points[i + 1], points[j], points[j + 1])
  if (meeting === null) return null
  const closes = isRing(arc) && i === 0 && j === points.length - 2 && samePoint(meeting.at, points[0])
  const neighbours = j === i + 1 && samePoint(meeting.at, points[j])
  return meeting.kind === 'touch' && (neighbours || closes) ? null : meeting.at
}

/** Each new stretch against every other arc; pairs of changed arcs are looked at once. */
function checkMeetings({ graph, stretches, changed }: Case): Fault[] {
  return stretches.flatMap((stretch) => {
    const arc = graph.arcs.get(stretch.arc)!
    const box = boxOf(arc.points.slice(stretch.from, stretch.to + 1))
    const done = new Set(changed.filter((other) => other.id <= arc.id).map((other) => other.id))
    return [...graph.arcs.values()].flatMap((other) => {
      if (done.has(other.id) || !boxesMeet(box, boxOfArc(other))) return []
      return firstMeeting(arc, stretch, other, box) ?? []
    })
  })
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
      return fault('arc_crosses', meeting.at, [arc.left, arc.right, other.left, other.right])
    }
  }
  return null
}

function nodeAt(arc: Arc, at: Point): number | null {
  if (samePoint(arc.points[0], at)) return arc.startNode
  return samePoint(arc.points[arc.points.length - 1], at) ? arc.endNode : null
}

function checkEnds({ graph, changed }: Case): Fault[] {
  return changed.flatMap((arc) => {
    const ends = [[arc.startNode, arc.points[0]], [arc.endNode, arc.points[arc.points.length - 1]]] as const
    return ends.flatMap(([node, at]) => {
      const place = graph.nodes.get(node)
      return place !== undefined && samePoint(place, at) ? [] : [fault('dangling_end', at, [arc.left, arc.right])]
    })
  })
}

/** A face keeps a positive area, and a ring keeps its turn: a ring pulled through itself would swap its sides. */
function checkFaces({ before, graph, changed, removed }: Case): Fault[] {
  const turned = changed.filter((arc) => {
    return isRing(arc) && doubleArea(arc.points) * doubleArea(before.arcs.get(arc.id)!.points) <= 0
  })
  const faces = [...new Set(removed.flatMap((arc) => [arc.left, arc.right]))].filter((face) => face !== OUTSIDE)
  const vanished = faces.filter((face) => arcsOfFace(graph, face).length === 0)
  const lost = faces.filter((face) => !vanished.includes(face) && doubleAreaOfFace(graph, face) <= 0)
  return [
    ...turned.map((arc) => fault('face_invalid', arc.points[0], [arc.left, arc.right])),
    ...vanished.map((face) => fault('face_vanished', removed[0].points[0], [face])),
    ...lost.map((face) => fault('face_invalid', middle(arcsOfFace(graph, face)[0].points), [face])),
  ]
}

/** The outer line of the register is changed by a request of its own kind. */
function checkOutline({ removed, outerChanged }: Case): Fault[] {
  if (outerChanged) return []
  return removed.filter((arc) => [arc.left, arc.right].includes(OUTSIDE))
    .map((arc) => fault('outer_changed', middle(arc.points), [Math.max(arc.left, arc.right)]))
}

function doubleAreaOfFace(graph: Graph, face: number): number {
  const arcs = arcsOfFace(graph, face).filter((arc) => arc.left !== arc.right)
  if (arcs.length === 0) return 0
  const origin = arcs[0].points[0]
  return arcs.reduce((sum, arc) => sum + (arc.left === face ? 1 : -1) * doubleArea([origin, ...arc.points]), 0)
}

/** No untouched arc may lie between the old and the new way: its faces would be on the wrong side. */
function checkSwallowed({ graph, stretches, changed }: Case): Fault[] {
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

const STEPS = [
  checkComplete, checkSize, checkSimple, checkMeetings, checkEnds, checkSwallowed, checkFaces, checkOutline,
] as const

/** A point of the line away from its ends. */
function middle(points: Line): Point {
  if (points.length > 2) return points[Math.floor(points.length / 2)]
  return [Math.round((points[0][0] + points[1][0]) / 2), Math.round((points[0][1] + points[1][1]) / 2)]
}
