/** Entering, resuming and leaving edit mode on the map. */
import { onBeforeUnmount, ref, shallowRef, type ShallowRef } from 'vue'

import { ApiProblem } from '../../api/client'
import { getPreview, getRequest } from '../../api/requests'
import { Draft } from '../../editing/draft'
import { EditSession } from '../../editing/edit_session'
import { i18n } from '../../i18n'
import type { RegisterMap } from '../../map/register_map'
import { boxFromDisplay, extentOfFeatures, extentOfLines } from '../../map/projection'
import { isShape, type ShapeOperation } from '../../topology/operations'
import { notify, notifyProblem } from '../../ui/notices'

const { t } = i18n.global

export function useEditMode(register: ShallowRef<RegisterMap | null>) {
  const session = shallowRef<EditSession | null>(null)
  const draft = shallowRef(new Draft())
  const drafting = ref(false)
  const starting = ref(false)
  /** Set while a person is asked whether unsaved changes may go. */
  const asking = shallowRef<((leave: boolean) => void) | null>(null)

  async function start(): Promise<void> {
    const map = register.value!
    if ((map.view.getZoom() ?? 0) < 9) return notify('info', t('edit.whyZoom'))
    starting.value = true
    const begun = new EditSession(map)
    begun.onChange = () => draft.value.touch()
    draft.value = new Draft()
    try {
      await begun.load(map.visibleBox())
      session.value = begun
    } catch (error) {
      begun.dispose()
      explain(error)
    } finally {
      starting.value = false
    }
  }

  async function reload(): Promise<void> {
    await session.value?.load(register.value!.visibleBox()).catch(explain)
  }

  /** Take a saved draft up again: go to its place, load the lines there, replay its operations. */
  async function resume(id: string): Promise<void> {
    try {
      const [request, preview] = await Promise.all([getRequest(id), getPreview(id)])
      const extent = extentOfFeatures(preview.arcs_after) ?? extentOfLines(preview.conflicts.map(({ mine }) => mine))
      if (extent !== null) register.value!.view.fit(extent, { padding: [60, 60, 60, 440], maxZoom: 15 })
      await start()
      if (session.value === null) return
      if (extent !== null) await session.value.load(boxFromDisplay(extent))
      const shapes = request.operations.filter(isShape)
      const faults = session.value.replay(shapes)
      draft.value.adopt(request)
      session.value.choose(shapes[0] ? arcOf(shapes[0]) : null)
      if (faults.length > 0) notify('bad', t('edit.stale', { n: faults.length }))
    } catch (error) {
      notifyProblem(error)
    }
  }

  function stop(): void {
    session.value?.dispose()
    session.value = null
    drafting.value = false
  }

  const unsaved = () => session.value !== null && session.value.state.count > 0 && !draft.value.state.saved

  async function mayLeave(): Promise<boolean> {
    if (!unsaved()) return true
    const answer = await new Promise<boolean>((resolve) => { asking.value = resolve })
    asking.value = null
    return answer
  }

  const warn = (event: BeforeUnloadEvent) => { if (unsaved()) event.preventDefault() }
  window.addEventListener('beforeunload', warn)
  onBeforeUnmount(() => window.removeEventListener('beforeunload', warn))

  return { session, draft, drafting, starting, asking, start, reload, resume, stop, mayLeave }
}

/** An arc that an operation changes. */
function arcOf(operation: ShapeOperation): number | null {
  return operation.kind === 'reshape' ? operation.arc : operation.arcs[0]?.arc ?? null
}

function explain(error: unknown): void {
  if (error instanceof ApiProblem && error.code === 'area_too_large') notify('info', t('edit.tooLarge'))
  else notifyProblem(error)
}
