/** The edits of one sitting: run, undo and redo; the operations that stand are the draft's content. */
import { checkEdit } from './checks'
import { applyOperation, restore, type Inverse, type Stretch } from './commands'
import type { Fault } from './faults'
import type { Graph } from './graph'
import type { ShapeOperation } from './operations'

interface Step {
  readonly operation: ShapeOperation
  readonly inverse: Inverse
  readonly stretches: readonly Stretch[]
}

export interface Trial {
  readonly faults: readonly Fault[]
  readonly stretches: readonly Stretch[]
  readonly graph: Graph
}

export class EditHistory {
  private done: Step[] = []
  private undone: Step[] = []

  constructor(private current: Graph) {}

  get graph(): Graph {
    return this.current
  }

  get operations(): ShapeOperation[] {
    return this.done.map((step) => step.operation)
  }

  get stretches(): Stretch[] {
    return this.done.flatMap((step) => step.stretches)
  }

  get canUndo(): boolean {
    return this.done.length > 0
  }

  get canRedo(): boolean {
    return this.undone.length > 0
  }

  /** Try an operation without keeping it. */
  try(operation: ShapeOperation): Trial {
    const outcome = applyOperation(this.current, operation)
    if ('fault' in outcome) return { faults: [outcome.fault], stretches: [], graph: this.current }
    const { stretches, graph } = outcome.applied
    return { faults: checkEdit(this.current, outcome.applied), stretches, graph }
  }

  /** Apply an operation. With faults nothing changes and they are returned. */
  run(operation: ShapeOperation): readonly Fault[] {
    const outcome = applyOperation(this.current, operation)
    if ('fault' in outcome) return [outcome.fault]
    const faults = checkEdit(this.current, outcome.applied)
    if (faults.length > 0) return faults
    this.done.push({ operation, inverse: outcome.applied.inverse, stretches: outcome.applied.stretches })
    this.undone = []
    this.current = outcome.applied.graph
    return []
  }

  undo(): void {
    const step = this.done.pop()
    if (step === undefined) return
    this.current = restore(this.current, step.inverse)
    this.undone.push(step)
  }

  redo(): void {
    const step = this.undone.pop()
    if (step === undefined) return
    const later = this.undone
    if (this.run(step.operation).length === 0) this.undone = later
  }
}
