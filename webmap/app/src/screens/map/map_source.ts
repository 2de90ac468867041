/** What the map shows: the newest public release, or the working state for those signed in. */
import { computed, ref } from 'vue'

import { listDivisions } from '../../api/divisions'
import { listReleases } from '../../api/releases'
import { findPublicTiles, WORKING_ZOOMS, workingTilesUrl, type TileJson } from '../../api/tiles'
import type { TileAddress } from '../../map/register_map'
import { signedIn } from '../../session'

export type MapSource = 'release' | 'working'

export function useMapSource() {
  const released = ref<TileJson | null>(null)
  const loaded = ref(false)
  const source = ref<MapSource>('release')
  const edition = ref(Date.now())
  /** Nothing has been loaded into the register yet. */
  const empty = ref(false)
  /** A release says that its lines are invented: the whole map says so too. */
  const invented = ref(false)
  const townless = ref(false)

  const address = computed<TileAddress | null>(() => {
    if (source.value === 'working') return { url: workingTilesUrl(edition.value), ...WORKING_ZOOMS }
    const tiles = released.value
    return tiles && { url: tiles.tiles[0], minzoom: tiles.minzoom, maxzoom: tiles.maxzoom }
  })

  async function load(): Promise<void> {
    released.value = await findPublicTiles()
    invented.value = (await listReleases()).some((release) => release.note.includes('示意'))
    townless.value = (await listDivisions({ level: 4, limit: 1 })).items.length === 0
    if (released.value === null && signedIn.value) source.value = 'working'
    loaded.value = true
  }

  /** Box of the whole register in degrees: from the released tiles, else from the districts in it. */
  async function wholeBox(): Promise<readonly number[] | null> {
    if (released.value?.bounds) return released.value.bounds
    const { items } = await listDivisions({ level: 3, limit: 500 })
    const boxes = items.flatMap((division) => division.bbox ?? [])
    const axis = (side: number) => boxes.filter((_value, i) => i % 4 === side)
    empty.value = boxes.length === 0
    if (empty.value) return null
    return [Math.min(...axis(0)), Math.min(...axis(1)), Math.max(...axis(2)), Math.max(...axis(3))]
  }

  function refresh(): void {
    edition.value = Date.now()
  }

  return { released, loaded, source, empty, invented, townless, address, load, wholeBox, refresh }
}
