/** Which lines of the register a drawn cut meets: named in the request, so that later changes to them are noticed. */
import { boxesMeet, boxOf, type Line } from '../geometry/point'
import { meet } from '../geometry/segments'
import { boxOfArc, type Arc, type Graph } from './graph'

/** The arcs with a side in the division that the lines cross or touch, in order of id. */
export function arcsMet(graph: Graph, division: string, lines: readonly Line[]): Arc[] {
  const within = (face: number) => graph.faces.get(face)?.divisions.some(({ id }) => id === division) ?? false
  return [...graph.arcs.values()]
    .filter((arc) => within(arc.left) || within(arc.right))
    .filter((arc) => lines.some((line) => linesMeet(line, arc.points, boxesMeet(boxOf(line), boxOfArc(arc)))))
    .sort((a, b) => a.id - b.id)
}

function linesMeet(a: Line, b: Line, near: boolean): boolean {
  if (!near) return false
  for (let i = 1; i < a.length; i++) {
    for (let k = 1; k < b.length; k++) {
      if (meet(a[i - 1], a[i], b[k - 1], b[k]) !== null) return true
    }
  }
  return false
}
