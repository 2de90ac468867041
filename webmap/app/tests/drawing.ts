/** Small graphs drawn for tests: two square faces side by side, and an island. */
import { arcHash } from '../src/topology/arc_hash'
import { OUTSIDE, type Arc, type Face, type Graph } from '../src/topology/graph'
import type { Line, Point } from '../src/geometry/point'

const X = 103_800_000_000
const Y = 30_400_000_000
const STEP = 1_000_000

/** Grid cell corner to coordinates near Xinjin; one step is about 100 m. */
export function at(column: number, row: number): Point {
  return [X + column * STEP, Y + row * STEP]
}

export function line(...cells: [number, number][]): Line {
  return cells.map(([column, row]) => at(column, row))
}

export function arc(id: number, nodes: [number, number], faces: [number, number], points: Line): Arc {
  const [left, right] = faces
  return {
    id, version: 1, hash: arcHash(points, left, right), startNode: nodes[0], endNode: nodes[1], left, right,
    level: left === OUTSIDE || right === OUTSIDE ? 3 : 4, points, line: null,
  }
}

/**
 * ```
 * 4 +-------2-------+      face 1 west, face 2 east, shared arc 10 from node 1 (4,0) up to node 2 (4,4)
 *   |   1   :   2   |      with vertices at (4,1) (4,2) (4,3); face 3 is an island ring in face 2
 *   |       : [3]   |
 * 0 +-------1-------+
 *   0       4       8
 * ```
 */
export function twoSquares(): Graph {
  const arcs = [
    arc(10, [1, 2], [1, 2], line([4, 0], [4, 1], [4, 2], [4, 3], [4, 4])),
    arc(11, [2, 1], [1, OUTSIDE], line([4, 4], [0, 4], [0, 0], [4, 0])),
    arc(12, [1, 2], [2, OUTSIDE], line([4, 0], [8, 0], [8, 4], [4, 4])),
    arc(13, [3, 3], [3, 2], line([6, 1], [7, 1], [7, 2], [6, 2], [6, 1])),
  ]
  const division = (name: string) => ({ id: name, name, code: name, level: 4 })
  const face = (id: number, name: string): Face => ({ id, kind: 'unit', label: name, divisions: [division(name)] })
  return {
    arcs: new Map(arcs.map((item) => [item.id, item])),
    nodes: new Map([[1, at(4, 0)], [2, at(4, 4)], [3, at(6, 1)]]),
    faces: new Map([[1, face(1, 'west')], [2, face(2, 'east')], [3, face(3, 'island')]]),
    complete: new Set([1, 2, 3]),
  }
}

/** Four faces around two three-valent nodes that a short straight arc joins; the frame is face 9, far away. */
export function shortArc(): Graph {
  const arcs = [
    arc(10, [1, 2], [1, 2], line([4, 1], [4, 3])),
    arc(11, [2, 3], [1, 3], line([4, 3], [0, 4])),
    arc(12, [2, 4], [3, 2], line([4, 3], [8, 4])),
    arc(13, [1, 5], [4, 1], line([4, 1], [0, 0])),
    arc(14, [1, 6], [2, 4], line([4, 1], [8, 0])),
    arc(15, [3, 5], [1, 9], line([0, 4], [0, 0])),
    arc(16, [6, 4], [2, 9], line([8, 0], [8, 4])),
    arc(17, [4, 3], [3, 9], line([8, 4], [0, 4])),
    arc(18, [5, 6], [4, 9], line([0, 0], [8, 0])),
  ]
  return {
    arcs: new Map(arcs.map((item) => [item.id, item])),
    nodes: new Map([[1, at(4, 1)], [2, at(4, 3)], [3, at(0, 4)], [4, at(8, 4)], [5, at(0, 0)], [6, at(8, 0)]]),
    faces: new Map(), complete: new Set([1, 2, 3, 4]),
  }
}
