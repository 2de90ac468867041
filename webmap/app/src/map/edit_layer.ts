/** Draws the arcs in hand, the chosen line with its handles, the old way of changed stretches, and a fault. */
import Feature from 'ol/Feature'
import { LineString, MultiPoint, Point as PointGeometry } from 'ol/geom'
import VectorLayer from 'ol/layer/Vector'
import type Map from 'ol/Map'
import VectorSource from 'ol/source/Vector'
import { Circle, Fill, RegularShape, Stroke, Style } from 'ol/style'
import type { StyleFunction } from 'ol/style/Style'

import type { Line, Point } from '../geometry/point'
import type { Arc, Graph } from '../topology/graph'
import { nodeOfVertex } from '../topology/commands'
import { COLOURS } from './map_style'
import { lineToDisplay, toDisplay } from './projection'

const stroke = (color: string, width: number, lineDash?: number[]) => new Style({ stroke: new Stroke({ color, width, lineDash }) })

const STYLES: Record<string, Style[]> = {
  fixed: [stroke('rgba(43,56,64,0.28)', 1)],
  outer: [stroke('rgba(171,52,38,0.5)', 2, [10, 4, 2, 4])],
  editable: [stroke('rgba(255,255,255,0.85)', 5), stroke(COLOURS.azurite, 2)],
  hovered: [stroke('rgba(29,88,120,0.25)', 9), stroke(COLOURS.azurite, 2.5)],
  chosen: [stroke('#fff', 7), stroke('#c2562a', 3)],
  ghost: [stroke('rgba(43,56,64,0.75)', 1.5, [4, 4])],
}

/** Handles shrink where vertices crowd: overlapping circles would hide the line they belong to. */
const VERTICES = [2.2, 3, 4, 5.5].map((radius) => new Style({
  zIndex: 2,
  image: new Circle({ radius, fill: new Fill({ color: '#fff' }), stroke: new Stroke({ color: '#c2562a', width: radius < 4 ? 1.3 : 2 }) }),
}))

function vertexStyle(spacing: number, resolution: number): Style {
  const room = (spacing / resolution) * 0.36
  return VERTICES[room < 2.6 ? 0 : room < 3.6 ? 1 : room < 5 ? 2 : 3]
}
const NODE = new RegularShape({
  points: 4, angle: Math.PI / 4, radius: 9, fill: new Fill({ color: '#c2562a' }), stroke: new Stroke({ color: '#fff', width: 2 }),
})
const ACTIVE = new Circle({ radius: 10, fill: new Fill({ color: 'rgba(194,86,42,0.2)' }), stroke: new Stroke({ color: '#c2562a', width: 2.5 }) })
const FAULT = new Circle({ radius: 11, fill: new Fill({ color: 'rgba(171,52,38,0.2)' }), stroke: new Stroke({ color: COLOURS.cinnabar, width: 3 }) })

export type ArcRole = 'fixed' | 'outer' | 'editable' | 'hovered' | 'chosen'

export class EditLayer {
  private readonly lines = new VectorSource<Feature<LineString>>({ wrapX: false })
  private readonly marks = new VectorSource({ wrapX: false })
  private readonly layers: VectorLayer[]
  private readonly drawn = new globalThis.Map<number, Arc>()

  constructor(private readonly map: Map) {
    this.layers = [
      new VectorLayer({ source: this.lines, zIndex: 10, style: (feature) => STYLES[String(feature.get('role'))] }),
      new VectorLayer({ source: this.marks, zIndex: 12 }),
    ]
    this.layers.forEach((layer) => map.addLayer(layer))
  }

  /** Draw every arc in its role; only arcs that are new or changed get new geometry. */
  drawArcs(graph: Graph, roleOf: (arc: Arc) => ArcRole): void {
    for (const arc of graph.arcs.values()) {
      let feature = this.lines.getFeatureById(arc.id) as Feature<LineString> | null
      if (feature === null) {
        feature = new Feature(new LineString([]))
        feature.setId(arc.id)
        this.lines.addFeature(feature)
      }
      if (this.drawn.get(arc.id) !== arc) feature.setGeometry(new LineString(lineToDisplay(arc.points), 'XY'))
      this.drawn.set(arc.id, arc)
      feature.set('role', roleOf(arc))
    }
  }

  /** Handles of the chosen arcs, the old ways, the point in hand and the place of a fault. */
  drawMarks(chosen: readonly Arc[], ghosts: readonly Line[], active: Point | null, faultAt: Point | null): void {
    const vertices = chosen.flatMap((arc) => arc.points.filter((_point, i) => nodeOfVertex(arc, i) === null))
    const nodes = chosen.flatMap((arc) => [arc.points[0], arc.points[arc.points.length - 1]])
    const spacing = meanSpacing(chosen)
    this.marks.clear(true)
    this.marks.addFeatures([
      ...ghosts.map((line) => withStyle(new LineString(lineToDisplay(line)), STYLES.ghost)),
      withStyle(new MultiPoint(lineToDisplay(vertices)), (_feature, resolution) => vertexStyle(spacing, resolution)),
      withStyle(new MultiPoint(lineToDisplay(nodes)), [new Style({ image: NODE, zIndex: 3 })]),
      ...(active ? [withStyle(new PointGeometry(toDisplay(active)), [new Style({ image: ACTIVE, zIndex: 4 })])] : []),
      ...(faultAt ? [withStyle(new PointGeometry(toDisplay(faultAt)), [new Style({ image: FAULT, zIndex: 5 })])] : []),
    ])
  }

  clear(): void {
    this.lines.clear(true)
    this.marks.clear(true)
    this.drawn.clear()
  }

  dispose(): void {
    this.layers.forEach((layer) => this.map.removeLayer(layer))
  }
}

/** Mean length of a segment in display units. */
function meanSpacing(arcs: readonly Arc[]): number {
  const lengths = arcs.map((arc) => new LineString(lineToDisplay(arc.points)).getLength())
  const segments = arcs.reduce((sum, arc) => sum + arc.points.length - 1, 0)
  return lengths.reduce((sum, length) => sum + length, 0) / Math.max(1, segments)
}

function withStyle(geometry: LineString | MultiPoint | PointGeometry, style: Style[] | StyleFunction): Feature {
  const feature = new Feature<LineString | MultiPoint | PointGeometry>(geometry)
  feature.setStyle(style)
  return feature as Feature
}
