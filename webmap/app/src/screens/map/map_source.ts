/** What the map shows: the newest public release, or the working state for those signed in. */
import { computed, ref } from 'vue'

import { listDivisions } from '../../api/divisions'
import { findPublicTiles, workingTilesUrl, type TileJson } from '../../api/tiles'
import type { TileAddress } from '../../map/register_map'
import { signedIn } from '../../session'

export type MapSource = 'release' | 'working'

/** Zooms of the working tiles, as the server makes them. */
const WORKING_ZOOMS = { minzoom: 0, maxzoom: 16 }

export function useMapSource() {
  const released = ref<TileJson | null>(null)
  const loaded = ref(false)
  const source = ref<MapSource>('release')
  const edition = ref(Date.now())

  const address = computed<TileAddress | null>(() => {
    if (source.value === 'working') return { url: workingTilesUrl(edition.value), ...WORKING_ZOOMS }
    const tiles = released.value
    return tiles && { url: tiles.tiles[0], minzoom: tiles.minzoom, maxzoom: tiles.maxzoom }
  })

  async function load(): Promise<void> {
    released.value = await findPublicTiles()
    if (released.value === null && signedIn.value) source.value = 'working'
    loaded.value = true
  }

  /** Box of the whole register in degrees: from the released tiles, else from the districts in it. */
  async function wholeBox(): Promise<readonly number[] | null> {
    if (released.value?.bounds) return released.value.bounds
    const { items } = await listDivisions({ level: 3, limit: 50 })
    return items.find((division) => !division.external && division.bbox)?.bbox ?? null
  }

  function refresh(): void {
    edition.value = Date.now()
  }

  return { released, loaded, source, address, load, wholeBox, refresh }
}
