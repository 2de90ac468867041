/** Drawing a cut on the map: a line across a division or a ring within it, then a point in the piece that is meant. */
import Feature from 'ol/Feature'
import { LineString, Point as PointGeometry, Polygon } from 'ol/geom'
import Draw from 'ol/interaction/Draw'
import VectorLayer from 'ol/layer/Vector'
import VectorSource from 'ol/source/Vector'
import { Circle, Fill, Stroke, Style } from 'ol/style'

import { withoutRepeats, type Line, type Point } from '../geometry/point'
import { COLOURS } from './map_style'
import { toDisplay, toGridPoint } from './projection'
import type { RegisterMap } from './register_map'

export type CutShape = 'line' | 'ring'

const STYLE = [
  new Style({ stroke: new Stroke({ color: '#fff', width: 6 }) }),
  new Style({
    stroke: new Stroke({ color: '#c2562a', width: 2.5, lineDash: [8, 5] }), fill: new Fill({ color: 'rgba(194,86,42,0.12)' }),
    image: new Circle({ radius: 7, fill: new Fill({ color: COLOURS.azurite }), stroke: new Stroke({ color: '#fff', width: 2.5 }) }),
  }),
]

export class CutTool {
  private readonly source = new VectorSource({ wrapX: false })
  private readonly layer = new VectorLayer({ source: this.source, style: STYLE, zIndex: 14 })
  private draw: Draw | null = null
  private inside: Feature | null = null

  constructor(private readonly register: RegisterMap) {
    register.map.addLayer(this.layer)
  }

  /** Let a person draw; the points come snapped to the grid, a ring without its repeated end. */
  start(shape: CutShape, onDrawn: (points: Line) => void): void {
    this.clear()
    this.register.setPicking(null)
    const draw = new Draw({ source: this.source, type: shape === 'line' ? 'LineString' : 'Polygon', style: STYLE, clickTolerance: 12 })
    draw.on('drawend', (event) => {
      const geometry = event.feature.getGeometry() as LineString | Polygon
      const coordinates = geometry instanceof Polygon ? geometry.getCoordinates()[0].slice(0, -1) : geometry.getCoordinates()
      // Removing the interaction inside its own event would end the map's handling of this click half-way.
      window.setTimeout(() => { this.stopDrawing(); onDrawn(withoutRepeats(coordinates.map(toGridPoint))) })
    })
    this.draw = draw
    this.register.map.addInteraction(draw)
  }

  /** End the line at its last point, for who cannot double-click. */
  finish(): void {
    this.draw?.finishDrawing()
  }

  undoPoint(): void {
    this.draw?.removeLastPoint()
  }

  /** The next taps say a place; the last one counts. */
  pick(onPicked: (at: Point) => void): void {
    this.register.setPicking((at) => {
      this.mark(at)
      onPicked(at)
    })
  }

  clear(): void {
    this.stopDrawing()
    this.source.clear()
    this.inside = null
  }

  dispose(): void {
    this.stopDrawing()
    this.register.setPicking(undefined)
    this.register.map.removeLayer(this.layer)
  }

  private mark(at: Point): void {
    if (this.inside !== null) this.source.removeFeature(this.inside)
    this.inside = new Feature(new PointGeometry(toDisplay(at)))
    this.source.addFeature(this.inside)
  }

  private stopDrawing(): void {
    if (this.draw !== null) this.register.map.removeInteraction(this.draw)
    this.draw = null
  }
}
