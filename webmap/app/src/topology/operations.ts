/** The person's intent, as it is sent to the server and replayed there: one vocabulary with boundaries/edits.py. */
import type { Point } from '../geometry/point'

export interface Reshape {
  readonly id: string
  readonly kind: 'reshape'
  readonly arc: number
  /** Hash of the arc as it stands in the draft before this operation. */
  readonly hash: string
  /** Vertex indices, start < end; the points strictly between them are replaced by `path`. */
  readonly start: number
  readonly end: number
  readonly path: readonly Point[]
  /** Declares that the outline of the register changes. */
  readonly outer_changed?: boolean
}

export interface MoveNode {
  readonly id: string
  readonly kind: 'move_node'
  readonly node: number
  readonly x: number
  readonly y: number
  readonly arcs: readonly { readonly arc: number; readonly hash: string }[]
  readonly outer_changed?: boolean
}

export interface Rename {
  readonly id: string
  readonly kind: 'rename'
  readonly division: string
  readonly name: string
  readonly romanization: string | null
  readonly base_name: string
}

/** Which piece of a division is meant: parted off by lines or by a closed ring, told by a point inside it. */
export interface CutLand {
  readonly lines?: readonly (readonly Point[])[]
  readonly ring?: readonly Point[]
  readonly inside: Point
  readonly arcs: readonly { readonly arc: number; readonly hash: string }[]
}

/** A division that the change founds; its id is made here, so that later operations can name it. */
export interface NewDivision {
  readonly division: string
  readonly name: string
  readonly type: string
  readonly romanization: string | null
}

type Division<K extends string, F> = { readonly id: string; readonly kind: K; readonly division: string } & Readonly<F>

export type DivisionOperation =
  | Rename
  | { readonly id: string; readonly kind: 'merge'; readonly divisions: readonly string[]; readonly into: string }
  | Division<'transfer', { from: string; to: string }>
  | Division<'transfer_part', { to: string; cut: CutLand }>
  | Division<'split', { cuts: Omit<CutLand, 'inside'>; parts: readonly (NewDivision & { inside: Point })[] }>
  | Division<'convert', { new: string; type: string; name: string; romanization: string | null }>
  | Division<'reclass', { type: string; name?: string }>
  | Division<'move_seat', { seat: Point; address: string | null }>
  | Division<'abolish', { into: readonly { division: string; children?: readonly string[] }[] }>
  | Division<'establish', {
    level: number; type: string; name: string; romanization: string | null; parent: string
    from: readonly { division: string; children?: readonly string[] }[]
  }>
  | { readonly id: string; readonly kind: 'recode'; readonly codes: readonly { division: string; code: string }[] }

export type ShapeOperation = Reshape | MoveNode
export type Operation = ShapeOperation | DivisionOperation

export function isShape(operation: Operation): operation is ShapeOperation {
  return operation.kind === 'reshape' || operation.kind === 'move_node'
}

/** A random UUID; `crypto.randomUUID` exists only on https and localhost, `getRandomValues` everywhere. */
export function newOperationId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6] & 0x0f) | 0x40
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
