/** What can be wrong with an edit; the codes are those of boundaries/validate.py and edits.py. */
import type { Point } from '../geometry/point'

export type FaultCode =
  | 'arc_gone'
  | 'arc_changed'
  | 'node_gone'
  | 'bad_vertex_range'
  | 'subgraph_incomplete'
  | 'arc_degenerate'
  | 'arc_crosses_itself'
  | 'arc_crosses'
  | 'dangling_end'
  | 'enclave_swallowed'
  | 'face_invalid'
  | 'face_vanished'
  | 'outer_changed'
  /** Only here: somebody asked to delete a node. */
  | 'node_kept'

export interface Fault {
  readonly code: FaultCode
  readonly at: Point | null
  /** Faces concerned, for the message. */
  readonly faces: readonly number[]
}

export function fault(code: FaultCode, at: Point | null, faces: readonly number[]): Fault {
  return { code, at, faces: [...new Set(faces)] }
}
