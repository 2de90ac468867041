/** What each face and division gains or loses by the stretches that changed, in m2 on the ellipsoid. */
import { areaUnderLineM2, gainOfLeftM2 } from '../geometry/area'
import type { Stretch } from './commands'
import { arcsOfFace, divisionAt, type DivisionRef, type Graph } from './graph'

/** Change of area by face id; the sum over all faces is zero. */
export function changeByFaceM2(graph: Graph, stretches: readonly Stretch[]): Map<number, number> {
  const changes = new Map<number, number>()
  for (const stretch of stretches) {
    const arc = graph.arcs.get(stretch.arc)!
    const gain = gainOfLeftM2(stretch.before, stretch.after)
    changes.set(arc.left, (changes.get(arc.left) ?? 0) + gain)
    changes.set(arc.right, (changes.get(arc.right) ?? 0) - gain)
  }
  return changes
}

export interface DivisionChange {
  readonly division: DivisionRef
  readonly changeM2: number
}

/** Change by division of one level, in the order of their codes; divisions that keep their area are left out. */
export function changeByDivisionM2(
  graph: Graph, byFace: ReadonlyMap<number, number>, level: number,
): DivisionChange[] {
  const changes = new Map<string, { division: DivisionRef; changeM2: number; touched: number }>()
  for (const [face, gain] of byFace) {
    const division = divisionAt(graph.faces.get(face), level)
    if (division === null) continue
    const entry = changes.get(division.id) ?? { division, changeM2: 0, touched: 0 }
    changes.set(division.id, {
      division, changeM2: entry.changeM2 + gain, touched: Math.max(entry.touched, Math.abs(gain)),
    })
  }
  // Faces of one division trade among themselves; what is left then is rounding noise of the sum.
  return [...changes.values()]
    .filter((entry) => Math.abs(entry.changeM2) > Math.max(1e-4, entry.touched * 1e-9))
    .sort((a, b) => (a.division.code ?? '').localeCompare(b.division.code ?? ''))
}

/** Area of a face of which every arc is in hand, or null. */
export function faceAreaM2(graph: Graph, face: number): number | null {
  if (!graph.complete.has(face)) return null
  return arcsOfFace(graph, face).reduce((sum, arc) => {
    return sum + (arc.left === face ? 1 : -1) * areaUnderLineM2(arc.points)
  }, 0)
}
