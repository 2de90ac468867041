/** What lies under the pointer, in pixels. The nearest wins; nothing beyond the tolerance is ever taken. */
import type { Arc } from '../topology/graph'

export type Pixel = readonly [x: number, y: number]
export type ToPixel = (point: readonly [number, number]) => Pixel

/** A mouse points finely; a finger covers 24 px and more. */
export function toleranceOf(pointerType: string): number {
  return pointerType === 'mouse' ? 10 : 24
}

export interface VertexHit {
  readonly arc: number
  readonly index: number
  readonly distance: number
}

export function nearestVertex(arcs: readonly Arc[], toPixel: ToPixel, at: Pixel, tolerance: number): VertexHit | null {
  let best: VertexHit | null = null
  for (const arc of arcs) {
    arc.points.forEach((point, index) => {
      const distance = distanceOf(toPixel(point), at)
      if (distance <= tolerance && (best === null || distance < best.distance)) best = { arc: arc.id, index, distance }
    })
  }
  return best
}

/** The nearest segment, named by the index of its first vertex. */
export function nearestSegment(arcs: readonly Arc[], toPixel: ToPixel, at: Pixel, tolerance: number): VertexHit | null {
  let best: VertexHit | null = null
  for (const arc of arcs) {
    const pixels = arc.points.map(toPixel)
    for (let index = 0; index < pixels.length - 1; index++) {
      const distance = distanceToSegment(at, pixels[index], pixels[index + 1])
      if (distance <= tolerance && (best === null || distance < best.distance)) best = { arc: arc.id, index, distance }
    }
  }
  return best
}

function distanceOf(a: Pixel, b: Pixel): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1])
}

function distanceToSegment(p: Pixel, a: Pixel, b: Pixel): number {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]]
  const length2 = dx * dx + dy * dy
  const t = length2 === 0 ? 0 : Math.max(0, Math.min(1, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length2))
  return distanceOf(p, [a[0] + t * dx, a[1] + t * dy])
}
