/** A read-only window into the map for browser tests: where things are on the screen, never a way to change them. */
import { fromLonLat } from 'ol/proj'

import { toDegrees } from '../geometry/point'
import type { EditSession } from '../editing/edit_session'
import { nodeOfVertex } from '../topology/commands'
import type { RegisterMap } from './register_map'

interface HandleSeen {
  readonly arc: number
  readonly index: number
  readonly node: number | null
  readonly lon: number
  readonly lat: number
  readonly pixel: readonly [number, number]
}

/** Set `window.__quming`; the answer is null where the map does not show a place. */
export function exposeMap(register: RegisterMap, session: () => EditSession | null, settled: () => boolean): void {
  const pixelOf = (lon: number, lat: number): [number, number] => {
    const { left, top } = register.map.getTargetElement()!.getBoundingClientRect()
    const [x, y] = register.map.getPixelFromCoordinate(fromLonLat([lon, lat]))
    return [left + x, top + y]
  }
  const handles = (): HandleSeen[] => (session()?.chosenArcs() ?? []).flatMap((arc) => arc.points.map((point, index) => {
    const [lon, lat] = toDegrees(point)
    return { arc: arc.id, index, node: nodeOfVertex(arc, index), lon, lat, pixel: pixelOf(lon, lat) }
  }))
  const hook = {
    pixelOf,
    handles,
    get zoom() { return register.view.getZoom() },
    get moving() { return register.view.getAnimating() || register.view.getInteracting() },
    /** The first view is set and everything in it is drawn. */
    get rendered() { return settled() && !register.map.getLoadingOrNotReady() },
    get operations() { return session()?.operations ?? [] },
    get lines() { return session()?.state.lines ?? [] },
  }
  Object.defineProperty(window, '__quming', { value: Object.freeze(hook), configurable: true })
}
