/**
 * Areas on the CGCS2000 ellipsoid, in m2, with geodesic edges: the same series (Karney 2013) that pyproj.Geod
 * uses on the server, so both sides agree within 0.001 m2.
 */
import geodesic from 'geographiclib-geodesic'

import { GRID, type Line } from './point'

/** 1 亩 = 2000/3 m2. */
export const MU_M2 = 2000 / 3

const cgcs2000 = new geodesic.Geodesic.Geodesic(6378137, 1 / 298.257222101)
const S12_ONLY = geodesic.Geodesic.AREA

export function toMu(areaM2: number): number {
  return areaM2 / MU_M2
}

/** Signed area of a ring (first point not repeated, or repeated: no matter); counter-clockwise is positive. */
export function ringAreaM2(ring: Line): number {
  const polygon = cgcs2000.Polygon(false)
  for (const [x, y] of ring) polygon.AddPoint(y / GRID, x / GRID)
  return polygon.Compute(false, true).area ?? 0
}

/**
 * Signed area between a line and the equator, positive when the line has it on its left.
 * The area of a face is the sum over its arcs, with the sign of the side it lies on.
 */
export function areaUnderLineM2(line: Line): number {
  let sum = 0
  let lost = 0
  for (let i = 1; i < line.length; i++) {
    const [a, b] = [line[i - 1], line[i]]
    const term = -(cgcs2000.Inverse(a[1] / GRID, a[0] / GRID, b[1] / GRID, b[0] / GRID, S12_ONLY).S12 ?? 0)
    // Neumaier: single terms are a million times larger than the area that is left at the end.
    const total = sum + term
    lost += Math.abs(sum) >= Math.abs(term) ? sum - total + term : term - total + sum
    sum = total
  }
  return sum + lost
}

/** What the left side of a line gains when its stretch `before` becomes `after` (same two ends). */
export function gainOfLeftM2(before: Line, after: Line): number {
  return ringAreaM2([...after, ...[...before].reverse().slice(1, -1)])
}
