/** Names put where a polygon is seen: its usual label point may lie outside a close view. */
import type { Coordinate } from 'ol/coordinate'
import type { Extent } from 'ol/extent'
import type Feature from 'ol/Feature'
import type Geometry from 'ol/geom/Geometry'

const COLUMNS = 15
const ROWS = 11

/** A place of the feature inside the view, far from its edges as a coarse grid can tell; null when it is hardly seen. */
export function visibleLabelPoint(feature: Feature<Geometry>, view: Extent): Coordinate | null {
  const geometry = feature.getGeometry()
  if (geometry === undefined || !geometry.intersectsExtent(view)) return null
  const inside = gridOf(view).filter((point) => geometry.intersectsCoordinate(point))
  if (inside.length < 3) return null
  const centre = [0, 1].map((axis) => inside.reduce((sum, point) => sum + point[axis], 0) / inside.length)
  const distance = (point: Coordinate) => Math.hypot(point[0] - centre[0], point[1] - centre[1])
  return inside.reduce((best, point) => (distance(point) < distance(best) ? point : best))
}

function gridOf([west, south, east, north]: Extent): Coordinate[] {
  const points: Coordinate[] = []
  for (let i = 1; i < COLUMNS; i++) {
    for (let j = 1; j < ROWS; j++) points.push([west + ((east - west) * i) / COLUMNS, south + ((north - south) * j) / ROWS])
  }
  return points
}
