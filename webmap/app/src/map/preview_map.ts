/** Before and after of a request on one map: either side alone, or both with a divider. */
import { defaults as defaultControls, ScaleLine } from 'ol/control'
import 'ol/ol.css'
import type { EventsKey } from 'ol/events'
import { createEmpty, extend, getHeight, getWidth, isEmpty, buffer, type Extent } from 'ol/extent'
import Feature, { type FeatureLike } from 'ol/Feature'
import GeoJSON from 'ol/format/GeoJSON'
import MVT from 'ol/format/MVT'
import { LineString, Point } from 'ol/geom'
import { defaults as defaultInteractions } from 'ol/interaction'
import VectorLayer from 'ol/layer/Vector'
import VectorTileLayer from 'ol/layer/VectorTile'
import Map from 'ol/Map'
import { unByKey } from 'ol/Observable'
import { fromLonLat } from 'ol/proj'
import type RenderEvent from 'ol/render/Event'
import { getRenderPixel } from 'ol/render'
import VectorSource from 'ol/source/Vector'
import VectorTileSource from 'ol/source/VectorTile'
import { Fill, Stroke, Style, Text } from 'ol/style'
import View from 'ol/View'

import type { Preview } from '../api/requests'
import { WORKING_ZOOMS, workingTilesUrl } from '../api/tiles'
import { visibleLabelPoint } from './inner_labels'
import { COLOURS, FONT, tileStyle, washOf } from './map_style'
import { lineToDisplay } from './projection'

export type PreviewMode = 'before' | 'after' | 'swipe'

/** Colours of pieces, one for each direction; distinguishable without red and green. */
export const PIECE_COLOURS = ['#0f7b8a', '#c2562a', '#6a4c9c', '#8a6d0f', '#3f6b2a', '#9c3f6a'] as const

export class PreviewMap {
  private readonly map: Map
  private readonly view = new View({ center: [0, 0], zoom: 10, maxZoom: 21, enableRotation: false })
  private readonly before: VectorLayer[]
  private readonly after: VectorLayer[]
  private readonly conflicts: VectorLayer[]
  private readonly names = new VectorLayer({ source: new VectorSource(), declutter: 'labels', zIndex: 20 })
  private share = 0.5

  constructor(target: HTMLElement, preview: Preview, pieceLabel: (areaM2: number) => string) {
    const levels = preview.divisions.map((division) => division.level)
    const top = levels.length === 0 ? 4 : Math.max(Math.min(...levels), Math.min(4, Math.max(...levels)))
    this.before = [layerOf(preview.before, (feature) => areaStyle(feature, top)), layerOf(preview.arcs_before, () => LINE_BEFORE)]
    this.after = [
      layerOf(preview.after, (feature) => areaStyle(feature, top)),
      layerOf(preview.pieces, pieceStyle),
      layerOf(preview.arcs_before, () => LINE_GHOST), layerOf(preview.arcs_after, () => LINE_AFTER),
      layerOf(preview.pieces, (feature) => pieceLabelStyle(feature, pieceLabel), 21),
    ]
    this.conflicts = [
      conflictLayer(preview, 'base', CONFLICT.base), conflictLayer(preview, 'theirs', CONFLICT.theirs),
      conflictLayer(preview, 'mine', CONFLICT.mine),
    ]
    this.map = new Map({
      target, view: this.view, layers: [surroundings(), ...this.before, ...this.after, ...this.conflicts, this.names],
      controls: defaultControls({ zoom: false, rotate: false, attribution: false }).extend([new ScaleLine({ minWidth: 64 })]),
      interactions: defaultInteractions({ altShiftDragRotate: false, pinchRotate: false, mouseWheelZoom: true }),
    })
    this.map.on('moveend', () => this.placeNames(top))
    this.fitChange()
    this.placeNames(top)
  }

  show(mode: PreviewMode): void {
    unByKey(this.clips.splice(0))
    this.before.forEach((layer) => layer.setVisible(mode !== 'after'))
    this.after.forEach((layer) => layer.setVisible(mode !== 'before'))
    if (mode === 'swipe') {
      this.clips.push(...this.before.flatMap((layer) => this.clip(layer, () => [0, this.share])))
      this.clips.push(...this.after.flatMap((layer) => this.clip(layer, () => [this.share, 1])))
    }
    this.map.render()
  }

  /** Where the divider is, 0 left to 1 right. */
  setShare(share: number): void {
    this.share = share
    this.map.render()
  }

  zoomBy(step: number): void {
    this.view.animate({ zoom: (this.view.getZoom() ?? 10) + step, duration: 180 })
  }

  goTo(lon: number, lat: number): void {
    this.view.animate({ center: fromLonLat([lon, lat]), zoom: 17, duration: 250 })
  }

  /** The changed pieces with land around them; else all that is touched. */
  fitChange(): void {
    const extent = createEmpty()
    const sources = [this.after[1], this.after[3], this.after[0], ...this.conflicts].map((layer) => layer.getSource()!)
    const source = sources.find((item) => item.getFeatures().length > 0)
    if (source === undefined) return
    extend(extent, source.getExtent()!)
    if (isEmpty(extent)) return
    this.fit(extent)
  }

  /** Go to the pieces that went one way. */
  fitPieces(from: string, to: string): void {
    const extent = createEmpty()
    for (const piece of this.after[1].getSource()!.getFeatures()) {
      if (piece.get('from') === from && piece.get('to') === to) extend(extent, piece.getGeometry()!.getExtent())
    }
    if (!isEmpty(extent)) this.fit(extent)
  }

  private fit(extent: Extent): void {
    const margin = Math.max(getWidth(extent), getHeight(extent), 60) * 0.7
    this.view.fit(buffer(extent, margin), { size: this.map.getSize(), maxZoom: 19 })
  }

  dispose(): void {
    this.map.setTarget(undefined)
    this.map.dispose()
  }

  /** The names of the two sides, wherever they are seen; those of the top level first. */
  private placeNames(top: number): void {
    const extent = this.view.calculateExtent(this.map.getSize())
    const areas = this.before[0].getSource()!.getFeatures().filter((feature) => Number(feature.get('level')) >= top)
    const names = areas.flatMap((area) => {
      const at = visibleLabelPoint(area, extent)
      if (at === null) return []
      const name = new Feature({ geometry: new Point(at) })
      const isTop = Number(area.get('level')) === top
      name.setStyle(new Style({ text: nameText(area, isTop ? 16 : 13, isTop ? 600 : 400, isTop ? 0 : 20), zIndex: isTop ? 2 : 1 }))
      return [name]
    })
    this.names.getSource()!.clear(true)
    this.names.getSource()!.addFeatures(names)
  }

  private readonly clips: EventsKey[] = []

  private clip(layer: VectorLayer, part: () => [from: number, to: number]): EventsKey[] {
    return [
      layer.on('prerender', (event) => this.clipTo(event, part())),
      layer.on('postrender', (event) => (event.context as CanvasRenderingContext2D).restore()),
    ]
  }

  private clipTo(event: RenderEvent, [from, to]: [number, number]): void {
    const context = event.context as CanvasRenderingContext2D
    const [width, height] = this.map.getSize()!
    const corners = [[width * from, 0], [width * to, 0], [width * to, height], [width * from, height]]
    context.save()
    context.beginPath()
    corners.map((pixel) => getRenderPixel(event, pixel)).forEach(([x, y], i) => (i === 0 ? context.moveTo(x, y) : context.lineTo(x, y)))
    context.closePath()
    context.clip()
  }
}

/** The register around the change, pale. */
function surroundings(): VectorTileLayer {
  const switches = { towns: true, villages: true, lines: true, labels: false, names: false, townless: false }
  const source = new VectorTileSource({ format: new MVT(), url: workingTilesUrl(Date.now()), maxZoom: WORKING_ZOOMS.maxzoom })
  return new VectorTileLayer({ source, opacity: 0.5, zIndex: -1, style: (feature) => tileStyle(feature, 12, switches) })
}

/** A line of every conflict: as it was, as it stands, as this request wants it. */
function conflictLayer(preview: Preview, side: 'base' | 'mine' | 'theirs', style: Style | Style[]): VectorLayer {
  const lines = preview.conflicts.map((conflict) => conflict[side] ?? [])
  const features = lines.filter((line) => line.length > 1).map((line) => new Feature(new LineString(lineToDisplay(line))))
  return new VectorLayer({ source: new VectorSource({ features }), style, zIndex: 15 })
}

function layerOf(collection: unknown, style: (feature: FeatureLike) => Style | Style[] | undefined, labelRank?: number): VectorLayer {
  const features = new GeoJSON().readFeatures(collection, { dataProjection: 'EPSG:4326', featureProjection: 'EPSG:3857' })
  const labels = labelRank === undefined ? {} : { declutter: 'labels', zIndex: labelRank }
  return new VectorLayer({ source: new VectorSource({ features }), style, className: `layer-${nextLayer++}`, ...labels })
}

/** Each layer on a canvas of its own, so that clipping one leaves the others whole. */
let nextLayer = 0

export const CONFLICT_COLOURS = { base: '#64727b', theirs: '#1d5878', mine: '#c2562a' } as const
const CONFLICT = {
  base: new Style({ stroke: new Stroke({ color: CONFLICT_COLOURS.base, width: 1.6, lineDash: [5, 4] }) }),
  theirs: new Style({ stroke: new Stroke({ color: CONFLICT_COLOURS.theirs, width: 3 }) }),
  mine: new Style({ stroke: new Stroke({ color: CONFLICT_COLOURS.mine, width: 3, lineDash: [10, 5] }) }),
} as const

const LINE_BEFORE = new Style({ zIndex: 5, stroke: new Stroke({ color: COLOURS.ink, width: 2.4 }) })
const LINE_AFTER = [
  new Style({ zIndex: 6, stroke: new Stroke({ color: '#fff', width: 5 }) }),
  new Style({ zIndex: 7, stroke: new Stroke({ color: COLOURS.azurite, width: 2.6 }) }),
]
const LINE_GHOST = new Style({ zIndex: 5, stroke: new Stroke({ color: 'rgba(43,56,64,0.8)', width: 1.4, lineDash: [5, 4] }) })

/** Towns (or the level there is) have a wash and a name; levels below only a fine line, levels above nothing. */
function areaStyle(feature: FeatureLike, top: number): Style | undefined {
  const level = Number(feature.get('level') ?? top)
  if (level < top) return undefined
  if (level > top) return new Style({ zIndex: 2, stroke: new Stroke({ color: 'rgba(43,56,64,0.45)', width: 1, lineDash: [2, 3] }) })
  return new Style({
    zIndex: 1, fill: new Fill({ color: washOf(feature.get('code') as string, String(feature.get('id') ?? feature.getId())) }),
    stroke: new Stroke({ color: 'rgba(43,56,64,0.75)', width: 1.5, lineDash: [9, 4] }),
  })
}

function nameText(feature: FeatureLike, size: number, weight: number, offsetY: number): Text {
  return new Text({
    offsetY,
    text: String(feature.get('name') ?? ''), font: `${weight} ${size}px ${FONT}`, overflow: true,
    fill: new Fill({ color: '#24323b' }), stroke: new Stroke({ color: COLOURS.halo, width: 3.5 }),
  })
}

const colourOf = (piece: FeatureLike) => String(piece.get('colour') ?? PIECE_COLOURS[0])

function pieceStyle(piece: FeatureLike): Style {
  const colour = colourOf(piece)
  return new Style({ zIndex: 4, fill: new Fill({ color: `${colour}8c` }), stroke: new Stroke({ color: colour, width: 1.2 }) })
}

function pieceLabelStyle(piece: FeatureLike, label: (areaM2: number) => string): Style {
  return new Style({
    text: new Text({
      text: label(Number(piece.get('area_m2'))), font: `600 13px ${FONT}`, overflow: true,
      fill: new Fill({ color: colourOf(piece) }), stroke: new Stroke({ color: '#fff', width: 4 }),
    }),
  })
}
