/** What can be wrong with an edit; the codes are those of boundaries/validate.py. */
import type { Point } from '../geometry/point'

export type FaultCode =
  | 'stale_arc'
  | 'bad_range'
  | 'incomplete_face'
  | 'outer_boundary'
  | 'self_crossing'
  | 'arc_crossing'
  | 'arc_touching'
  | 'dangling_end'
  | 'face_lost'
  | 'enclave_swallowed'

export interface Fault {
  readonly code: FaultCode
  readonly at: Point | null
  /** Faces concerned, for the message. */
  readonly faces: readonly number[]
}

export function fault(code: FaultCode, at: Point | null, faces: readonly number[]): Fault {
  return { code, at, faces: [...new Set(faces)] }
}
