/** The vectors that both topology cores must pass; made by tests/vectors/make_topology.py. */
import { readFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import { faceAreaM2 } from '../src/topology/area_change'
import { arcHash } from '../src/topology/arc_hash'
import { checkEdit } from '../src/topology/checks'
import { applyOperation, restore } from '../src/topology/commands'
import type { Arc, Graph } from '../src/topology/graph'
import type { ShapeOperation } from '../src/topology/operations'
import type { Line } from '../src/geometry/point'

interface WireArc {
  id: number; version: number; start_node: number; end_node: number; left: number; right: number; points: Line; hash: string
}
interface WireGraph {
  arcs: WireArc[]
  nodes: { id: number; x: number; y: number }[]
  faces: number[]
}
interface Vectors {
  arc_hash: { points: Line; left: number; right: number; hash: string }[]
  cases: {
    name: string
    subgraph: WireGraph
    operation: ShapeOperation
    expected: {
      status: string
      accepted: boolean
      fault_codes: string[]
      after: WireGraph | null
      areas_m2: Record<string, { before: number; after: number }>
    }
  }[]
}

const path = new URL('../../../tests/vectors/topology.json', import.meta.url)
const vectors = JSON.parse(readFileSync(path, 'utf-8')) as Vectors

function graphOf(wire: WireGraph): Graph {
  const arcs = wire.arcs.map((item): Arc => ({
    id: item.id, version: item.version, hash: item.hash, startNode: item.start_node, endNode: item.end_node,
    left: item.left, right: item.right, level: 4, points: item.points, line: null,
  }))
  return {
    arcs: new Map(arcs.map((arc) => [arc.id, arc])), faces: new Map(), complete: new Set(wire.faces),
    nodes: new Map(wire.nodes.map((node) => [node.id, [node.x, node.y]])),
  }
}

/** What the two sides compare: who bounds what, where, without versions (the server counts them). */
function shapeOf(graph: Graph) {
  const arcs = [...graph.arcs.values()].sort((a, b) => a.id - b.id)
  return arcs.map(({ id, startNode, endNode, left, right, points, hash }) => ({ id, startNode, endNode, left, right, points, hash }))
}

it.each(vectors.arc_hash)('arc_hash_when_of_a_shared_vector_then_equal: $hash', ({ points, left, right, hash }) => {
  expect(arcHash(points, left, right)).toBe(hash)
})

describe.each(vectors.cases)('$name', ({ subgraph, operation, expected }) => {
  const before = graphOf(subgraph)
  const outcome = applyOperation(before, operation)

  it('gives_the_same_fault_codes', () => {
    const faults = 'fault' in outcome ? [outcome.fault] : checkEdit(before, outcome.applied)
    const codes = [...new Set(faults.map((fault) => fault.code))].sort()
    // A stale hash is a conflict for the server, with base and theirs; here it is a fault of its own.
    const wanted = expected.status === 'conflict' ? ['arc_changed'] : expected.fault_codes
    expect(codes).toEqual([...new Set(wanted)].sort())
  })

  it('gives_the_same_arcs_when_accepted_and_the_inverse_restores_them', () => {
    if (!expected.accepted || !('applied' in outcome) || expected.after === null) {
      expect(expected.accepted).toBe(false)
      return
    }
    const { graph, inverse } = outcome.applied
    expect(shapeOf(graph)).toEqual(shapeOf(graphOf(expected.after)))
    expect(shapeOf(restore(graph, inverse))).toEqual(shapeOf(before))
    for (const [face, area] of Object.entries(expected.areas_m2)) {
      expect(Math.abs(faceAreaM2(before, Number(face))! - area.before)).toBeLessThan(0.001)
      expect(Math.abs(faceAreaM2(graph, Number(face))! - area.after)).toBeLessThan(0.001)
    }
  })
})
