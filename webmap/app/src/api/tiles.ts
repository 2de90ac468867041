/** Where vector tiles are; the map library fetches them by address. */
import { ApiProblem, get } from './client'

export interface TileJson {
  readonly tiles: readonly string[]
  readonly minzoom: number
  readonly maxzoom: number
  readonly bounds?: readonly [number, number, number, number]
  readonly version?: string
  readonly name?: string
  readonly attribution?: string
}

/** TileJSON of the newest public release, or null when nothing has been released. */
export async function findPublicTiles(): Promise<TileJson | null> {
  return get<TileJson>('/tiles/public/latest.json').catch((error: unknown) => {
    if (error instanceof ApiProblem && error.status === 404) return null
    throw error
  })
}

/** Zooms of the working tiles, as the server makes them. */
export const WORKING_ZOOMS = { minzoom: 0, maxzoom: 16 } as const

/** `edition` changes the address after a change in the register, so that no old tile is shown. */
export const workingTilesUrl = (edition: number) => `/tiles/working/{z}/{x}/{y}.mvt?edition=${edition}`
