/**
 * Points and boxes on the integer grid: 1e-9 degree, EPSG:4490, (x = lon, y = lat).
 * A coordinate is at most 1.8e11, far below 2^53, so a JavaScript number holds it exactly.
 */

export const GRID = 1_000_000_000

export type Point = readonly [x: number, y: number]
export type Line = readonly Point[]
export type Box = readonly [west: number, south: number, east: number, north: number]

/** Snap a position in degrees to the grid, once, on entry. Halves go to the even integer, as numpy's rint. */
export function snapToGrid(lonDeg: number, latDeg: number): Point {
  return [roundHalfEven(lonDeg * GRID), roundHalfEven(latDeg * GRID)]
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  if (rest < 0.5) return floor
  if (rest > 0.5) return floor + 1
  return floor % 2 === 0 ? floor : floor + 1
}

export function toDegrees(point: Point): [lon: number, lat: number] {
  return [point[0] / GRID, point[1] / GRID]
}

export function samePoint(a: Point, b: Point): boolean {
  return a[0] === b[0] && a[1] === b[1]
}

/** Drop points equal to the one before them; everything else is copied as it is. */
export function withoutRepeats(points: Line): Point[] {
  return points.filter((point, i) => i === 0 || !samePoint(point, points[i - 1]))
}

export function boxOf(points: Line): Box {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const [x, y] of points) {
    west = Math.min(west, x)
    south = Math.min(south, y)
    east = Math.max(east, x)
    north = Math.max(north, y)
  }
  return [west, south, east, north]
}

export function widened([west, south, east, north]: Box, margin: number): Box {
  return [west - margin, south - margin, east + margin, north + margin]
}

export function boxesMeet(a: Box, b: Box): boolean {
  return a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3]
}

export function joinBoxes(boxes: readonly Box[]): Box {
  return boxOf(boxes.flatMap(([west, south, east, north]): Point[] => [[west, south], [east, north]]))
}
