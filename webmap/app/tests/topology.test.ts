import { describe, expect, it } from 'vitest'

import { changeByDivisionM2, changeByFaceM2, faceAreaM2 } from '../src/topology/area_change'
import { deleteVertex, insertVertex, moveNode, moveVertex, reshape } from '../src/topology/commands'
import { EditHistory } from '../src/topology/edit_history'
import { sharedLines } from '../src/topology/lines'
import { at, line, shortArc, twoSquares } from './drawing'

const codes = (faults: readonly { code: string }[]) => [...new Set(faults.map((fault) => fault.code))]

describe('commands', () => {
  it('move_vertex_when_run_then_only_that_vertex_changes', () => {
    const history = new EditHistory(twoSquares())
    expect(history.run(moveVertex(history.graph, 10, 2, at(5, 2)))).toEqual([])
    expect(history.graph.arcs.get(10)!.points).toEqual(line([4, 0], [4, 1], [5, 2], [4, 3], [4, 4]))
  })

  it('undo_when_three_edits_then_hashes_are_those_of_the_start', () => {
    const start = twoSquares()
    const history = new EditHistory(start)
    history.run(moveVertex(history.graph, 10, 2, at(5, 2)))
    history.run(insertVertex(history.graph, 10, 0, at(3, 0.5)))
    history.run(deleteVertex(history.graph, 10, 2)!)
    expect(history.operations).toHaveLength(3)
    while (history.canUndo) history.undo()
    expect(history.graph.arcs).toEqual(start.arcs)
    expect(history.graph.nodes).toEqual(start.nodes)
  })

  it('redo_when_undone_twice_then_both_edits_stand_again', () => {
    const history = new EditHistory(twoSquares())
    history.run(moveVertex(history.graph, 10, 2, at(5, 2)))
    history.run(moveVertex(history.graph, 10, 1, at(3, 1)))
    const after = history.graph.arcs.get(10)!.hash
    history.undo()
    history.undo()
    history.redo()
    history.redo()
    expect(history.graph.arcs.get(10)!.hash).toBe(after)
    expect(history.canRedo).toBe(false)
  })

  it('delete_vertex_when_it_is_a_node_then_no_operation', () => {
    expect(deleteVertex(twoSquares(), 10, 0)).toBeNull()
  })

  it('reshape_when_hash_is_old_then_stale', () => {
    const history = new EditHistory(twoSquares())
    const old = moveVertex(history.graph, 10, 2, at(5, 2))
    history.run(moveVertex(history.graph, 10, 1, at(3, 1)))
    expect(codes(history.run(old))).toEqual(['arc_changed'])
  })

  it('move_node_when_an_incident_arc_is_not_named_then_stale', () => {
    const history = new EditHistory(twoSquares())
    const move = moveNode(history.graph, 1, at(3, 0))
    expect(codes(history.run({ ...move, arcs: move.arcs.slice(1) }))).toEqual(['arc_changed'])
  })
})

describe('checks', () => {
  const tried = (build: (history: EditHistory) => Parameters<EditHistory['run']>[0]) => {
    const history = new EditHistory(twoSquares())
    return codes(history.run(build(history)))
  }
  const arc10 = (history: EditHistory) => history.graph.arcs.get(10)!

  it.each([
    ['a loop over itself', [[5, 3], [5, 0.5], [3, 0.5]], 'arc_crosses_itself'],
    ['a spike back on itself', [[4, 1], [5, 1], [4, 1]], 'arc_crosses_itself'],
    ['a bulge through the outer line', [[9, 2]], 'arc_crosses'],
    ['a vertex exactly on the outer line', [[8, 2]], 'arc_crosses'],
    ['a swing over the island', [[4.5, 0.5], [7.5, 0.5], [7.5, 3]], 'enclave_swallowed'],
  ] as const)('reshape_when_%s_then_refused', (_what, path, code) => {
    const refused = tried((history) => reshape(arc10(history), 0, 4, path.map(([x, y]) => at(x, y))))
    expect(refused).toContain(code)
  })

  it('move_node_when_the_outer_line_would_move_then_refused', () => {
    expect(tried((history) => moveNode(history.graph, 1, at(5, 0)))).toContain('outer_changed')
  })

  it('move_ring_node_when_pulled_through_the_ring_then_face_invalid', () => {
    const history = new EditHistory(twoSquares())
    history.run(deleteVertex(history.graph, 13, 2)!)
    expect(codes(history.run(moveNode(history.graph, 3, at(7.5, 2.5))))).toContain('face_invalid')
  })

  it('run_when_refused_then_the_graph_is_the_same_object', () => {
    const start = twoSquares()
    const history = new EditHistory(start)
    history.run(moveVertex(history.graph, 10, 2, at(9, 2)))
    expect(history.graph).toBe(start)
    expect(history.canUndo).toBe(false)
  })
})

it('move_node_when_onto_another_node_then_they_become_one_and_the_short_arc_goes', () => {
  const history = new EditHistory(shortArc())
  expect(history.run(moveNode(history.graph, 2, at(4, 1)))).toEqual([])
  expect(history.graph.arcs.has(10)).toBe(false)
  expect(history.graph.arcs.get(11)!.startNode).toBe(1)
  history.undo()
  expect(history.graph.arcs).toEqual(shortArc().arcs)
})

describe('areas', () => {
  it('change_when_a_vertex_moves_then_one_side_gains_what_the_other_loses', () => {
    const history = new EditHistory(twoSquares())
    const before = [faceAreaM2(history.graph, 1)!, faceAreaM2(history.graph, 2)!]
    history.run(moveVertex(history.graph, 10, 2, at(5, 2)))
    const byFace = changeByFaceM2(history.graph, history.stretches)
    const after = [faceAreaM2(history.graph, 1)!, faceAreaM2(history.graph, 2)!]
    expect(byFace.get(1)! + byFace.get(2)!).toBe(0)
    expect(byFace.get(1)).toBeGreaterThan(10_000)
    expect(Math.abs(byFace.get(1)! - (after[0] - before[0]))).toBeLessThan(0.001)
    expect(Math.abs(byFace.get(2)! - (after[1] - before[1]))).toBeLessThan(0.001)
    expect(changeByDivisionM2(history.graph, byFace, 4).map((change) => change.division.name)).toEqual(['east', 'west'])
  })

  it('change_when_a_node_of_the_island_moves_then_island_and_host_trade', () => {
    const history = new EditHistory(twoSquares())
    const before = faceAreaM2(history.graph, 3)!
    expect(history.run(moveNode(history.graph, 3, at(5, 0.5)))).toEqual([])
    const byFace = changeByFaceM2(history.graph, history.stretches)
    expect(Math.abs(byFace.get(3)! - (faceAreaM2(history.graph, 3)! - before))).toBeLessThan(0.001)
    expect(byFace.get(2)! + byFace.get(3)!).toBe(0)
  })
})

it('shared_lines_when_town_level_then_inner_line_is_named_by_both_sides', () => {
  const lines = sharedLines(twoSquares(), 4)
  expect(lines.filter((item) => !item.outer).map((item) => item.sides.map((side) => side?.name))).toEqual([
    ['east', 'island'], ['east', 'west'],
  ])
  expect(sharedLines(twoSquares(), 3).every((item) => item.outer)).toBe(true)
})
