/**
 * Dragging handles of the chosen line. Unlike ol/interaction/Modify it works on vertex indices of exact arcs: every
 * vertex but the dragged one keeps its integers, a node takes all its arcs along, and a vertex is inserted only in
 * insert mode (a near miss of a finger never inserts one).
 */
import type MapBrowserEvent from 'ol/MapBrowserEvent'
import PointerInteraction from 'ol/interaction/Pointer'

import { boxesMeet, boxOf, type Point } from '../geometry/point'
import { boxOfArc, type Arc } from '../topology/graph'
import { nearestSegment, nearestVertex, toleranceOf, type Pixel, type ToPixel } from './hit_test'
import { toDisplay, toGridPoint } from './projection'

/** `place`: tap a handle, then move the map under a fixed crosshair; no finger hides the point. */
export type EditMode = 'move' | 'place' | 'insert' | 'delete'

/** A handle in hand: `insert` puts a new vertex into segment `index`. */
export interface Grip {
  readonly kind: EditMode
  readonly arc: number
  readonly index: number
}

export interface HandleHost {
  mode(): EditMode
  /** True while a handle waits under the crosshair. */
  placing(): boolean
  chosenArcs(): readonly Arc[]
  /** All arcs that may be chosen. */
  editableArcs(): readonly Arc[]
  preview(grip: Grip, to: Point): void
  commit(grip: Grip, to: Point): void
  /** A handle was tapped for placing. */
  take(grip: Grip): void
  choose(arc: number | null): void
  hover(arc: number | null): void
}

const START_PX = 3

export class HandleDrag extends PointerInteraction {
  private grip: Grip | null = null
  private pressed: Pixel = [0, 0]
  private offset: Pixel = [0, 0]
  private moved = false

  constructor(private readonly host: HandleHost) {
    super()
  }

  override handleDownEvent(event: MapBrowserEvent): boolean {
    const at: Pixel = [event.pixel[0], event.pixel[1]]
    // While placing, a drag pans the map under the crosshair.
    this.grip = this.host.mode() === 'place' ? null : this.gripAt(event, at)
    this.pressed = at
    this.moved = this.grip?.kind === 'insert'
    return this.grip !== null
  }

  override handleDragEvent(event: MapBrowserEvent): void {
    const [x, y] = event.pixel
    if (!this.moved && Math.hypot(x - this.pressed[0], y - this.pressed[1]) < START_PX) return
    this.moved = true
    if (this.grip !== null && this.grip.kind !== 'delete') this.host.preview(this.grip, this.placeOf(event))
  }

  override handleUpEvent(event: MapBrowserEvent): boolean {
    const { grip } = this
    this.grip = null
    if (grip !== null && (this.moved || grip.kind === 'delete')) this.host.commit(grip, this.placeOf(event))
    return false
  }

  override handleMoveEvent(event: MapBrowserEvent): void {
    const at: Pixel = [event.pixel[0], event.pixel[1]]
    const overHandle = this.gripAt(event, at) !== null
    const line = overHandle ? null : this.lineAt(event, at)
    event.map.getViewport()!.style.cursor = overHandle ? 'grab' : line === null ? '' : 'pointer'
    this.host.hover(line)
  }

  override handleEvent(event: MapBrowserEvent): boolean {
    if (event.type === 'click') this.click(event, [event.pixel[0], event.pixel[1]])
    if (event.type === 'click') return false
    if (event.type === 'dblclick' || event.type === 'singleclick') return false
    return super.handleEvent(event)
  }

  private click(event: MapBrowserEvent, at: Pixel): void {
    const grip = this.gripAt(event, at)
    if (grip !== null && grip.kind === 'place') this.host.take(grip)
    if (grip === null && !this.host.placing()) this.host.choose(this.lineAt(event, at))
  }

  private gripAt(event: MapBrowserEvent, at: Pixel): Grip | null {
    const toPixel = pixelsOf(event)
    const tolerance = toleranceOf(pointerTypeOf(event))
    const kind = this.host.mode()
    const find = kind === 'insert' ? nearestSegment : nearestVertex
    const hit = find(this.host.chosenArcs(), toPixel, at, tolerance)
    if (hit === null) return null
    const vertex = toPixel(this.host.chosenArcs().find((arc) => arc.id === hit.arc)!.points[hit.index])
    this.offset = kind === 'move' ? [vertex[0] - at[0], vertex[1] - at[1]] : [0, 0]
    return { kind, arc: hit.arc, index: hit.index }
  }

  private lineAt(event: MapBrowserEvent, at: Pixel): number | null {
    const tolerance = toleranceOf(pointerTypeOf(event))
    const corners = [[-tolerance, -tolerance], [tolerance, tolerance]].map(([dx, dy]) => {
      return toGridPoint(event.map.getCoordinateFromPixel([at[0] + dx, at[1] + dy]))
    })
    const near = this.host.editableArcs().filter((arc) => boxesMeet(boxOfArc(arc), boxOf(corners)))
    return nearestSegment(near, pixelsOf(event), at, tolerance)?.arc ?? null
  }

  /** The vertex keeps its distance from the finger that it had when taken: no jump at the first move. */
  private placeOf(event: MapBrowserEvent): Point {
    const pixel = [event.pixel[0] + this.offset[0], event.pixel[1] + this.offset[1]]
    return toGridPoint(event.map.getCoordinateFromPixel(pixel))
  }
}

function pixelsOf(event: MapBrowserEvent): ToPixel {
  return (point) => {
    const [x, y] = event.map.getPixelFromCoordinate(toDisplay(point))
    return [x, y]
  }
}

function pointerTypeOf(event: MapBrowserEvent): string {
  const original = event.originalEvent as PointerEvent
  return original.pointerType || 'mouse'
}
