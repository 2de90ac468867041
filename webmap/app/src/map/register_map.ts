/** The map of the register: vector tiles, the chosen division, picking. OpenLayers stays behind this folder. */
import 'ol/ol.css'
import { defaults as defaultControls, ScaleLine } from 'ol/control'
import GeoJSON from 'ol/format/GeoJSON'
import MVT from 'ol/format/MVT'
import { defaults as defaultInteractions } from 'ol/interaction'
import VectorLayer from 'ol/layer/Vector'
import VectorTileLayer from 'ol/layer/VectorTile'
import Map from 'ol/Map'
import { unByKey } from 'ol/Observable'
import { fromLonLat } from 'ol/proj'
import VectorSource from 'ol/source/Vector'
import VectorTileSource from 'ol/source/VectorTile'
import View from 'ol/View'

import type { Point } from '../geometry/point'
import { CHOSEN_STYLE, CHOSEN_WASH, tileStyle, type LayerSwitches } from './map_style'
import { boxFromDisplay, boxToDisplay, toDisplay, toGridPoint } from './projection'

export interface TileAddress {
  readonly url: string
  readonly minzoom: number
  readonly maxzoom: number
}

export interface Picked {
  readonly id: string
  readonly level: number
}

/** Space that panels cover, in pixels: top, right, bottom, left. */
export type Padding = [top: number, right: number, bottom: number, left: number]

export class RegisterMap {
  readonly map: Map
  readonly view = new View({ center: fromLonLat([104, 30.4]), zoom: 10, minZoom: 3, maxZoom: 21, enableRotation: false })
  private readonly tiles = new VectorTileLayer({ declutter: true, renderMode: 'hybrid', renderBuffer: 128 })
  private readonly chosen = new VectorLayer({ source: new VectorSource(), style: CHOSEN_STYLE, zIndex: 5 })
  /** For visitors, who may not read exact boundaries: the chosen division out of the tiles. */
  private readonly chosenTiles = new VectorTileLayer({ renderMode: 'hybrid', zIndex: 4, visible: false })
  /** What a tap does: undefined picks a division, null nothing, a function takes the place. */
  private picking: ((at: Point) => void) | null | undefined
  private switches: LayerSwitches = { towns: true, villages: true, lines: true, labels: true, names: true, townless: false }

  constructor(target: HTMLElement, onPick: (picked: Picked | null) => void) {
    this.map = new Map({
      target, view: this.view, layers: [this.tiles, this.chosenTiles, this.chosen],
      controls: defaultControls({ zoom: false, rotate: false, attribution: false }).extend([new ScaleLine({ minWidth: 72 })]),
      interactions: defaultInteractions({ altShiftDragRotate: false, pinchRotate: false }),
    })
    this.tiles.setStyle((feature) => tileStyle(feature, this.view.getZoom() ?? 10, this.switches))
    this.map.on('singleclick', (event) => {
      if (this.picking === undefined) onPick(this.pickAt(event.pixel))
      else this.picking?.(toGridPoint(event.coordinate))
    })
  }

  /** Say what a tap on the map does while a tool is at work; undefined gives the map back to picking divisions. */
  setPicking(picking: ((at: Point) => void) | null | undefined): void {
    this.picking = picking
  }

  showTiles(address: TileAddress | null): void {
    const source = address && new VectorTileSource({
      format: new MVT({ idProperty: 'id' }), url: address.url, minZoom: address.minzoom, maxZoom: address.maxzoom,
      transition: 120,
    })
    this.tiles.setSource(source)
    this.chosenTiles.setSource(source)
  }

  setSwitches(switches: LayerSwitches): void {
    this.switches = { ...switches }
    this.tiles.changed()
  }

  /** Pale while lines are edited, so that the exact arcs stand out. */
  setTilesPale(pale: boolean): void {
    this.tiles.setOpacity(pale ? 0.45 : 1)
  }

  /** Show a division: its exact outline (GeoJSON in EPSG:4490) if there is one, else its area in the tiles. */
  showChosen(feature: unknown, id: string | null): void {
    const source = this.chosen.getSource()!
    source.clear()
    this.chosenTiles.setVisible(feature === null && id !== null)
    this.chosenTiles.setStyle((item) => (item.getId() === id || item.get('id') === id ? CHOSEN_WASH : undefined))
    if (feature === null) return
    source.addFeatures(new GeoJSON().readFeatures(feature, { dataProjection: 'EPSG:4326', featureProjection: 'EPSG:3857' }))
  }

  fit(bbox: readonly number[], padding: Padding, maxZoom = 15): void {
    this.view.fit(boxToDisplay(bbox), { padding, maxZoom, duration: 250, size: this.map.getSize() })
  }

  goTo(lon: number, lat: number, zoom: number): void {
    this.view.animate({ center: fromLonLat([lon, lat]), zoom: Math.max(zoom, this.view.getZoom() ?? 0), duration: 250 })
  }

  /** Move the map so that a place lies at a pixel of the canvas. */
  bringTo(place: Point, pixel: readonly [number, number]): void {
    this.view.centerOn(toDisplay(place), this.map.getSize()!, [...pixel])
  }

  /** The place at a pixel of the canvas, on the grid; by the view as it is set, drawn or not. */
  placeAt([x, y]: readonly [number, number]): Point {
    const [width, height] = this.map.getSize()!
    const [cx, cy] = this.view.getCenter()!
    const resolution = this.view.getResolution()!
    return toGridPoint([cx + (x - width / 2) * resolution, cy - (y - height / 2) * resolution])
  }

  /** Call back whenever the view moves; returns what ends it. */
  onMove(callback: () => void): () => void {
    const key = this.view.on('change:center', callback)
    return () => unByKey(key)
  }

  zoomBy(step: number): void {
    this.view.animate({ zoom: (this.view.getZoom() ?? 10) + step, duration: 180 })
  }

  /** West, south, east, north in degrees of what is shown. */
  visibleBox(): number[] {
    return boxFromDisplay(this.view.calculateExtent(this.map.getSize()))
  }

  dispose(): void {
    this.map.setTarget(undefined)
    this.map.dispose()
  }

  private pickAt(pixel: number[]): Picked | null {
    const found = this.map.getFeaturesAtPixel(pixel, { layerFilter: (layer) => layer === this.tiles, hitTolerance: 0 })
      .filter((feature) => ['villages', 'towns', 'districts'].includes(String(feature.get('layer'))))
      .map((feature) => ({ id: String(feature.get('id') ?? feature.getId()), level: Number(feature.get('level')) }))
      .sort((a, b) => b.level - a.level)
    return found[0] ?? null
  }
}
