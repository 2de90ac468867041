import { expect, it } from 'vitest'

import type { Division } from '../src/api/divisions'
import { EMPTY_FORM, kindsOf, missing, operationOf, type ChangeForm } from '../src/screens/changes/change_kinds'
import { arcsMet } from '../src/topology/cuts'
import type { Arc, Face, Graph } from '../src/topology/graph'

const parent = { id: 'district', name: '示意区', code: '510199' }
const town: Division = {
  id: 'town', level: 4, code: '510199101', code_note: null, name: '青禾镇', pinyin: null, type: '镇', parent, area_m2: 1, valid_from: null,
  valid_to: null, bbox: null, centre: null, external: false,
}
const village: Division = { ...town, id: 'village', level: 5, parent: { id: 'town', name: '青禾镇', code: null } }
const form = (part: Partial<ChangeForm>): ChangeForm => ({ ...EMPTY_FORM, ...part })

it('kinds_when_village_or_town_then_those_the_law_knows', () => {
  expect(kindsOf(village)).toContain('reclass')
  expect(kindsOf(town)).toContain('convert')
  expect(kindsOf({ ...town, level: 2 })).toEqual([])
})

it('missing_when_a_field_is_empty_then_named', () => {
  expect(missing(form({ kind: 'merge' }), [])).toBe('others')
  expect(missing(form({ kind: 'convert', name: ' ' }), [])).toBe('name')
  expect(missing(form({ kind: 'convert', name: '青禾街道', type: '街道' }), [])).toBeNull()
  expect(missing(form({ kind: 'abolish' }), [village])).toBe('heirs')
  expect(missing(form({ kind: 'abolish' }), [])).toBe('to')
})

it('operation_when_merge_then_this_division_stays', () => {
  const operation = operationOf(form({ kind: 'merge', others: ['b'] }), town, [])
  expect(operation).toMatchObject({ kind: 'merge', divisions: ['town', 'b'], into: 'town' })
})

it('operation_when_ring_then_closed_and_the_piece_named_by_its_point', () => {
  const cut = { shape: 'ring' as const, points: [[0, 0], [4, 0], [4, 4]] as const, inside: [3, 1] as const, arcs: [] }
  const operation = operationOf(form({ kind: 'transfer_part', to: 'b', cut }), village, [])
  expect(operation).toMatchObject({ to: 'b', cut: { ring: [[0, 0], [4, 0], [4, 4], [0, 0]], inside: [3, 1] } })
})

it('operation_when_abolished_then_children_grouped_by_heir', () => {
  const second = { ...village, id: 'second' }
  const operation = operationOf(form({ kind: 'abolish', heirs: { village: 'b', second: 'b' } }), town, [village, second])
  expect(operation).toMatchObject({ into: [{ division: 'b', children: ['village', 'second'] }] })
})

it('operation_when_established_under_a_district_then_a_town_of_its_towns', () => {
  const district = { ...town, id: 'district', level: 3 }
  const operation = operationOf(form({ kind: 'establish', others: ['a', 'b'], name: '新镇', type: '镇' }), district, [])
  expect(operation).toMatchObject({ level: 4, parent: 'district', from: [{ division: 'a' }, { division: 'b' }] })
})

it('arcs_met_when_a_line_crosses_two_sides_then_those_and_no_other', () => {
  const face = (id: number, division: string): Face => ({ id, kind: 'unit', label: division, divisions: [{ id: division, name: division, code: null, level: 5 }] })
  const arc = (id: number, points: [number, number][], left: number, right: number): Arc => ({
    id, version: 1, hash: String(id), startNode: 1, endNode: 2, left, right, level: 5, points, line: null,
  })
  const graph: Graph = {
    arcs: new Map([arc(1, [[0, 0], [0, 10]], 0, 1), arc(2, [[10, 0], [10, 10]], 1, 2), arc(3, [[0, 10], [10, 10]], 1, 2), arc(4, [[12, 0], [12, 10]], 2, 0)].map((item) => [item.id, item])),
    nodes: new Map(), faces: new Map([[1, face(1, 'a')], [2, face(2, 'b')]]), complete: new Set([1, 2]),
  }
  expect(arcsMet(graph, 'a', [[[-5, 5], [15, 5]]]).map(({ id }) => id)).toEqual([1, 2])
})
