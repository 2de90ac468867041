/** The changes of a division that can be drafted: which fit it, what they need, and the operation they become. */
import type { Division } from '../../api/divisions'
import type { Line, Point } from '../../geometry/point'
import { newOperationId, type CutLand, type DivisionOperation } from '../../topology/operations'

export const CHANGE_KINDS = [
  'merge', 'transfer', 'split', 'transfer_part', 'convert', 'reclass', 'establish', 'abolish', 'move_seat',
] as const
export type ChangeKind = (typeof CHANGE_KINDS)[number]

export const TYPES: Readonly<Record<number, readonly string[]>> = { 3: ['区', '县', '市'], 4: ['街道', '镇', '乡'], 5: ['社区', '村'] }

/** What a person fills in; each kind uses some of it. */
export interface ChangeForm {
  readonly kind: ChangeKind
  /** Other divisions: those merged into this one, or those a new one is made of. */
  readonly others: readonly string[]
  /** The receiving division or new parent. */
  readonly to: string
  readonly name: string
  readonly type: string
  readonly romanization: string
  readonly address: string
  readonly place: Point | null
  readonly cut: Cut | null
  /** Where the children of an abolished division go: child -> division. */
  readonly heirs: Readonly<Record<string, string>>
}

export interface Cut {
  readonly shape: 'line' | 'ring'
  readonly points: Line
  readonly inside: Point
  readonly arcs: readonly { readonly arc: number; readonly hash: string }[]
}

export const EMPTY_FORM: ChangeForm = {
  kind: 'merge', others: [], to: '', name: '', type: '', romanization: '', address: '', place: null, cut: null, heirs: {},
}

/** The kinds that make sense for a division of this level. */
export function kindsOf(division: Division): readonly ChangeKind[] {
  if (division.level === 5) return ['merge', 'transfer', 'split', 'transfer_part', 'reclass', 'abolish', 'move_seat']
  if (division.level === 4) return ['merge', 'split', 'establish', 'convert', 'abolish', 'transfer', 'move_seat']
  return division.level === 3 ? ['establish', 'convert', 'move_seat'] : []
}

export const NEEDS: Readonly<Record<ChangeKind, readonly (keyof ChangeForm)[]>> = {
  merge: ['others'], transfer: ['to'], split: ['cut', 'name', 'type'], transfer_part: ['cut', 'to'], convert: ['name', 'type'],
  reclass: ['type'], establish: ['others', 'name', 'type'], abolish: ['heirs'], move_seat: ['place'],
}

/** The first thing that is still missing, or null. */
export function missing(form: ChangeForm, children: readonly Division[]): keyof ChangeForm | null {
  if (form.kind === 'abolish') {
    const open = children.length > 0 ? children.some((child) => !form.heirs[child.id]) : form.to === ''
    return open ? (children.length > 0 ? 'heirs' : 'to') : null
  }
  return NEEDS[form.kind].find((field) => isEmpty(form[field])) ?? null
}

function isEmpty(value: unknown): boolean {
  return value === null || (typeof value === 'string' && value.trim() === '') || (Array.isArray(value) && value.length === 0)
}

/** The operation that carries out a complete form. */
export function operationOf(form: ChangeForm, division: Division, children: readonly Division[]): DivisionOperation {
  const id = newOperationId()
  const own = { id, division: division.id }
  const named = { name: form.name.trim(), type: form.type, romanization: form.romanization.trim() || null }
  switch (form.kind) {
    case 'merge': return { id, kind: 'merge', divisions: [division.id, ...form.others], into: division.id }
    case 'transfer': return { ...own, kind: 'transfer', from: division.parent!.id, to: form.to }
    case 'split': {
      const { inside, ...cuts } = landOf(form.cut!)
      return { ...own, kind: 'split', cuts, parts: [{ inside, division: newOperationId(), ...named }] }
    }
    case 'transfer_part': return { ...own, kind: 'transfer_part', to: form.to, cut: landOf(form.cut!) }
    case 'convert': return { ...own, kind: 'convert', new: newOperationId(), ...named }
    case 'reclass': return { ...own, kind: 'reclass', type: form.type, ...(named.name ? { name: named.name } : {}) }
    case 'establish': return establish(form, division, named)
    case 'abolish': return { ...own, kind: 'abolish', into: heirsOf(form, children) }
    case 'move_seat': return { ...own, kind: 'move_seat', seat: form.place!, address: form.address.trim() || null }
  }
}

function landOf(cut: Cut): CutLand {
  const { inside, arcs, points } = cut
  return cut.shape === 'line' ? { lines: [points], inside, arcs } : { ring: [...points, points[0]], inside, arcs }
}

/** A new division beside this one, made of it and others, all abolished into it; under a district: of its towns. */
function establish(form: ChangeForm, division: Division, named: { name: string; type: string; romanization: string | null }): DivisionOperation {
  const above = division.level === 3
  const whole = above ? form.others : [division.id, ...form.others]
  return {
    id: newOperationId(), kind: 'establish', division: newOperationId(), level: above ? 4 : division.level,
    parent: above ? division.id : division.parent!.id, from: whole.map((item) => ({ division: item })), ...named,
  }
}

function heirsOf(form: ChangeForm, children: readonly Division[]): { division: string; children?: string[] }[] {
  if (children.length === 0) return [{ division: form.to }]
  const heirs = [...new Set(children.map((child) => form.heirs[child.id]))]
  return heirs.map((heir) => ({ division: heir, children: children.filter((child) => form.heirs[child.id] === heir).map(({ id }) => id) }))
}
