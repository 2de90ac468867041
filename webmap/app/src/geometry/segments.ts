/** Exact predicates on grid segments: which side, do they meet, and how. */
import { samePoint, type Line, type Point } from './point'

/** Relative error of the two rounded products below; beyond it the floating sign is certain. */
const FILTER = 4 * Number.EPSILON

/** Sign of the turn a -> b -> c: 1 left, -1 right, 0 exactly straight. */
export function turn(a: Point, b: Point, c: Point): -1 | 0 | 1 {
  const left = (b[0] - a[0]) * (c[1] - a[1])
  const right = (b[1] - a[1]) * (c[0] - a[0])
  const difference = left - right
  if (Math.abs(difference) > FILTER * (Math.abs(left) + Math.abs(right))) return difference > 0 ? 1 : -1
  return exactTurn(a, b, c)
}

function exactTurn(a: Point, b: Point, c: Point): -1 | 0 | 1 {
  const left = BigInt(b[0] - a[0]) * BigInt(c[1] - a[1])
  const right = BigInt(b[1] - a[1]) * BigInt(c[0] - a[0])
  if (left === right) return 0
  return left > right ? 1 : -1
}

/** True when p, known to be on the line through a and b, lies between them, ends included. */
function between(a: Point, b: Point, p: Point): boolean {
  return (
    Math.min(a[0], b[0]) <= p[0] && p[0] <= Math.max(a[0], b[0]) &&
    Math.min(a[1], b[1]) <= p[1] && p[1] <= Math.max(a[1], b[1])
  )
}

export function onSegment(p: Point, a: Point, b: Point): boolean {
  return turn(a, b, p) === 0 && between(a, b, p)
}

export interface Meeting {
  /** `cross`: interiors cross. `touch`: one end lies on the other segment. `overlap`: they share a stretch. */
  kind: 'cross' | 'touch' | 'overlap'
  /** Where, in grid units; rounded for a crossing, exact otherwise. */
  at: Point
}

/** How segments ab and cd meet, or null when they have no point in common. */
export function meet(a: Point, b: Point, c: Point, d: Point): Meeting | null {
  const [abc, abd, cda, cdb] = [turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)]
  if (abc === 0 && abd === 0) return meetOnOneLine(a, b, c, d)
  if (abc * abd < 0 && cda * cdb < 0) return { kind: 'cross', at: crossing(a, b, c, d) }
  for (const [sign, p, q, r] of [[abc, c, a, b], [abd, d, a, b], [cda, a, c, d], [cdb, b, c, d]] as const) {
    if (sign === 0 && between(q, r, p)) return { kind: 'touch', at: p }
  }
  return null
}

function meetOnOneLine(a: Point, b: Point, c: Point, d: Point): Meeting | null {
  const shared = [c, d].filter((p) => between(a, b, p)).concat([a, b].filter((p) => between(c, d, p)))
  if (shared.length === 0) return null
  const at = shared[0]
  return { kind: shared.every((p) => samePoint(p, at)) ? 'touch' : 'overlap', at }
}

function crossing(a: Point, b: Point, c: Point, d: Point): Point {
  const [rx, ry, sx, sy] = [b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]]
  const t = ((c[0] - a[0]) * sy - (c[1] - a[1]) * sx) / (rx * sy - ry * sx)
  return [Math.round(a[0] + t * rx), Math.round(a[1] + t * ry)]
}

/** Twice the signed shoelace area of a closed or open ring in grid units squared; counter-clockwise is positive. */
export function doubleArea(ring: Line): number {
  const [ox, oy] = ring[0]
  let sum = 0
  for (let i = 0; i < ring.length; i++) {
    const [p, q] = [ring[i], ring[(i + 1) % ring.length]]
    sum += (p[0] - ox) * (q[1] - oy) - (q[0] - ox) * (p[1] - oy)
  }
  return sum
}

/** Even-odd test; a point on the ring itself may go either way. */
export function insideRing(p: Point, ring: Line): boolean {
  let inside = false
  for (let i = 0; i < ring.length; i++) {
    const [a, b] = [ring[i], ring[(i + 1) % ring.length]]
    if (a[1] > p[1] === b[1] > p[1]) continue
    const upward = b[1] > a[1]
    if ((turn(a, b, p) > 0) === upward) inside = !inside
  }
  return inside
}
