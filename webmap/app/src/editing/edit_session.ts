/** One sitting of editing shared lines: the graph in hand, the chosen line, the mode, undo, live areas. */
import { shallowReactive } from 'vue'

import { getSubgraph } from '../api/arcs'
import { GRID, joinBoxes, snapToGrid, type Box, type Point } from '../geometry/point'
import { EditLayer, type ArcRole } from '../map/edit_layer'
import { HandleDrag, type EditMode, type Grip, type HandleHost } from '../map/handle_drag'
import type { RegisterMap } from '../map/register_map'
import { changeByDivisionM2, changeByFaceM2, type DivisionChange } from '../topology/area_change'
import { deleteVertex, insertVertex, moveVertex, type Stretch } from '../topology/commands'
import { EditHistory } from '../topology/edit_history'
import { fault, type Fault } from '../topology/faults'
import { boxOfArc, joinGraphs, OUTSIDE, type Arc, type Graph } from '../topology/graph'
import { sharedLines, type SharedLine } from '../topology/lines'
import type { ShapeOperation } from '../topology/operations'

const LOWEST_LEVEL = 5

const EMPTY: Graph = { arcs: new Map(), nodes: new Map(), faces: new Map(), complete: new Set() }

export interface EditState {
  loading: boolean
  level: number
  mode: EditMode
  lines: readonly SharedLine[]
  /** Levels at which there are lines to edit in hand. */
  levels: readonly number[]
  chosen: string | null
  changes: readonly DivisionChange[]
  faults: readonly Fault[]
  dragging: boolean
  /** The handle that waits under the crosshair. */
  placing: Grip | null
  canUndo: boolean
  canRedo: boolean
  count: number
}

export class EditSession implements HandleHost {
  readonly state: EditState = shallowReactive({
    loading: false, level: 4, mode: 'move' as EditMode, lines: [], levels: [], chosen: null, changes: [], faults: [],
    dragging: false, placing: null, canUndo: false, canRedo: false, count: 0,
  })
  /** Called after every operation that stands, is undone or redone. */
  onChange: () => void = () => undefined
  private onTake: (at: Point) => void = () => undefined
  private base = EMPTY
  private history = new EditHistory(EMPTY)
  private hovered: string | null = null
  private readonly lineOfArc = new Map<number, SharedLine>()
  private readonly layer: EditLayer
  private readonly drag: HandleDrag

  constructor(private readonly register: RegisterMap) {
    this.layer = new EditLayer(register.map)
    this.drag = new HandleDrag(this)
    register.map.addInteraction(this.drag)
    register.setTilesPale(true)
  }

  get operations(): ShapeOperation[] {
    return this.history.operations
  }

  get graph(): Graph {
    return this.history.graph
  }

  /** Fetch what is in view (degrees) and add it to the graph in hand; operations made so far are replayed on it. */
  async load(boxDeg: readonly number[], signal?: AbortSignal): Promise<void> {
    this.state.loading = true
    try {
      const [west, south] = snapToGrid(boxDeg[0], boxDeg[1])
      const [east, north] = snapToGrid(boxDeg[2], boxDeg[3])
      const { graph } = await getSubgraph([west, south, east, north], this.state.level, signal)
      this.base = joinGraphs(this.base, graph)
      this.replay(this.operations)
      // A register of one level, or a view within one town: go to the level that has lines.
      const { level, levels } = this.state
      if (levels.length > 0 && levels[0] > level) this.setLevel(levels[0])
    } finally {
      this.state.loading = false
    }
  }

  /** Put the operations of a saved draft on the graph; what no longer fits is returned as faults. */
  replay(operations: readonly ShapeOperation[]): readonly Fault[] {
    this.history = new EditHistory(this.base)
    const faults = operations.flatMap((operation) => this.history.run(operation))
    this.refresh(faults)
    return faults
  }

  setLevel(level: number): void {
    this.state.level = level
    this.choose(null)
    this.refresh()
  }

  setMode(mode: EditMode): void {
    this.cancelPlacing()
    this.state.mode = mode
  }

  undo(): void {
    this.history.undo()
    this.refresh()
    this.onChange()
  }

  redo(): void {
    this.history.redo()
    this.refresh()
    this.onChange()
  }

  chooseLine(key: string | null): void {
    this.state.placing = null
    this.state.chosen = key
    this.state.faults = []
    this.draw()
  }

  /** Forget the last refusal and its mark on the map. */
  dismissFaults(): void {
    this.state.faults = []
    this.draw()
  }

  /** Box in degrees of a line, or of everything in hand; for zooming to it. */
  boxOf(key: string | null): number[] | null {
    const line = this.state.lines.find((item) => item.key === key)
    const ids = key === null ? [...this.graph.arcs.keys()] : line?.arcs ?? []
    if (ids.length === 0) return null
    return joinBoxes(ids.map((id): Box => boxOfArc(this.graph.arcs.get(id)!))).map((value) => value / GRID)
  }

  dispose(): void {
    this.register.map.removeInteraction(this.drag)
    this.register.setTilesPale(false)
    this.layer.dispose()
  }

  /* What the handles ask (HandleHost). */

  mode(): EditMode {
    return this.state.mode
  }

  chosenArcs(): Arc[] {
    const line = this.state.lines.find((item) => item.key === this.state.chosen)
    return (line?.arcs ?? []).map((id) => this.graph.arcs.get(id)!)
  }

  editableArcs(): Arc[] {
    return [...this.graph.arcs.values()].filter((arc) => this.lineOfArc.get(arc.id)?.outer === false)
  }

  choose(arc: number | null): void {
    this.chooseLine(arc === null ? null : this.lineOfArc.get(arc)?.key ?? null)
  }

  hover(arc: number | null): void {
    const key = arc === null ? null : this.lineOfArc.get(arc)?.key ?? null
    if (key === this.hovered) return
    this.hovered = key
    this.layer.drawArcs(this.graph, (item) => this.roleOf(item))
  }

  placing(): boolean {
    return this.state.placing !== null
  }

  /** The callback gets the place of each handle taken for placing, to bring it under the crosshair. */
  whenTaken(callback: (at: Point) => void): void {
    this.onTake = callback
  }

  take(grip: Grip): void {
    this.state.placing = grip
    this.onTake(this.graph.arcs.get(grip.arc)!.points[grip.index])
  }

  /** Show what placing here would do; called while the map moves under the crosshair. */
  previewPlace(at: Point): void {
    if (this.state.placing !== null) this.preview(this.state.placing, at)
  }

  placeHere(at: Point): void {
    const grip = this.state.placing
    this.state.placing = null
    if (grip !== null) this.commit(grip, at)
  }

  cancelPlacing(): void {
    if (this.state.placing === null) return
    this.state.placing = null
    this.refresh()
  }

  preview(grip: Grip, to: Point): void {
    const operation = this.operationOf(grip, to)
    if (operation === null) return
    const trial = this.history.try(operation)
    this.state.dragging = true
    this.state.faults = trial.faults
    this.showChanges(trial.graph, [...this.history.stretches, ...trial.stretches])
    this.draw(trial.graph, [...this.history.stretches, ...trial.stretches], to)
  }

  commit(grip: Grip, to: Point): void {
    const operation = this.operationOf(grip, to)
    const faults = operation === null ? [fault('node_kept', to, [])] : this.history.run(operation)
    this.refresh(faults)
    if (faults.length === 0) this.onChange()
  }

  private operationOf(grip: Grip, to: Point): ShapeOperation | null {
    if (grip.kind === 'delete') return deleteVertex(this.graph, grip.arc, grip.index)
    if (grip.kind === 'insert') return insertVertex(this.graph, grip.arc, grip.index, to)
    return moveVertex(this.graph, grip.arc, grip.index, to)
  }

  private refresh(faults: readonly Fault[] = []): void {
    const { state, history } = this
    state.dragging = false
    state.faults = faults
    const all = sharedLines(history.graph, LOWEST_LEVEL)
    state.levels = [...new Set(all.filter((line) => !line.outer).map((line) => line.level))].sort()
    state.lines = all.filter((line) => line.level <= state.level)
    this.lineOfArc.clear()
    state.lines.forEach((line) => line.arcs.forEach((id) => this.lineOfArc.set(id, line)))
    state.canUndo = history.canUndo
    state.canRedo = history.canRedo
    state.count = history.operations.length
    this.showChanges(history.graph, history.stretches)
    this.draw()
  }

  private showChanges(graph: Graph, stretches: readonly Stretch[]): void {
    const byFace = changeByFaceM2(graph, stretches)
    this.state.changes = [3, 4, 5].flatMap((level) => changeByDivisionM2(graph, byFace, level))
  }

  private draw(graph = this.graph, stretches: readonly Stretch[] = this.history.stretches, active: Point | null = null): void {
    const chosen = this.chosenArcs().map((arc) => graph.arcs.get(arc.id)!)
    this.layer.drawArcs(graph, (arc) => this.roleOf(arc))
    this.layer.drawMarks(chosen, stretches.map((stretch) => stretch.before), active, this.state.faults[0]?.at ?? null)
  }

  private roleOf(arc: Arc): ArcRole {
    const line = this.lineOfArc.get(arc.id)
    if (line === undefined) return arc.left === OUTSIDE || arc.right === OUTSIDE ? 'outer' : 'fixed'
    if (line.outer) return 'outer'
    if (line.key === this.state.chosen) return 'chosen'
    return line.key === this.hovered ? 'hovered' : 'editable'
  }
}
