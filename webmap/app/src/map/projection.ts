/**
 * Between grid integers (EPSG:4490) and the display (EPSG:3857). For display only: CGCS2000 and WGS84 differ by
 * centimetres, below a pixel, and no drawn coordinate ever comes back into the register except the pointer's.
 */
import type { Coordinate } from 'ol/coordinate'
import { createEmpty, extend, extendCoordinate, isEmpty, type Extent } from 'ol/extent'
import GeoJSON from 'ol/format/GeoJSON'
import { transformExtent, fromLonLat, toLonLat } from 'ol/proj'

import { snapToGrid, toDegrees, type Line, type Point } from '../geometry/point'

export function toDisplay(point: Point): Coordinate {
  return fromLonLat(toDegrees(point))
}

export function lineToDisplay(points: Line): Coordinate[] {
  return points.map(toDisplay)
}

/** The pointer's place, snapped to the grid: the only way a new coordinate is born. */
export function toGridPoint(coordinate: Coordinate): Point {
  const [lon, lat] = toLonLat(coordinate)
  return snapToGrid(lon, lat)
}

export function boxToDisplay(bbox: readonly number[]): number[] {
  return transformExtent([...bbox], 'EPSG:4326', 'EPSG:3857')
}

export function boxFromDisplay(extent: readonly number[]): number[] {
  return transformExtent([...extent], 'EPSG:3857', 'EPSG:4326')
}

/** Display extent of a GeoJSON collection in EPSG:4490, or null when there is nothing in it. */
export function extentOfFeatures(collection: unknown): Extent | null {
  const options = { dataProjection: 'EPSG:4326', featureProjection: 'EPSG:3857' }
  const extent = createEmpty()
  for (const feature of new GeoJSON().readFeatures(collection, options)) {
    const geometry = feature.getGeometry()
    if (geometry) extend(extent, geometry.getExtent())
  }
  return isEmpty(extent) ? null : extent
}

/** The same of lines on the grid. */
export function extentOfLines(lines: readonly Line[]): Extent | null {
  const extent = createEmpty()
  lines.forEach((line) => lineToDisplay(line).forEach((coordinate) => extendCoordinate(extent, coordinate)))
  return isEmpty(extent) ? null : extent
}
