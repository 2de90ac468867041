/** The piece of the arc graph that an edit works on. */
import type { Box as GridBox } from '../geometry/point'
import { GRID } from '../geometry/point'
import type { Arc, DivisionRef, Face, Graph } from '../topology/graph'
import { get } from './client'

interface ArcsAnswer {
  readonly base_event: string | number | null
  readonly nodes: readonly { id: number; x: number; y: number }[]
  readonly arcs: readonly {
    id: number; version: number; hash: string; start_node: number; end_node: number
    left_face: number; right_face: number; level: number; points: [number, number][]
    line: { id: string; name: string; legal_status: string } | null
  }[]
  readonly faces: readonly {
    id: number; kind: Face['kind']; label: string; complete?: boolean
    division: DivisionRef | null; parents: readonly DivisionRef[]
  }[]
}

export interface Subgraph {
  readonly baseEvent: string | number | null
  readonly graph: Graph
}

/** Arcs of the faces met by a box (grid units), whole; refused by the server above 3,000 arcs. */
export async function getSubgraph(box: GridBox, level: number, signal?: AbortSignal): Promise<Subgraph> {
  const bbox = box.map((value) => (value / GRID).toFixed(9)).join(',')
  const answer = await get<ArcsAnswer>('/api/v1/arcs', { bbox, level }, signal)
  return { baseEvent: answer.base_event, graph: graphOf(answer) }
}

export function graphOf(answer: ArcsAnswer): Graph {
  const arcs = new Map(answer.arcs.map((item): [number, Arc] => [item.id, {
    id: item.id, version: item.version, hash: item.hash, startNode: item.start_node, endNode: item.end_node,
    left: item.left_face, right: item.right_face, level: item.level, points: item.points,
    line: item.line && { id: item.line.id, name: item.line.name, legalStatus: item.line.legal_status },
  }]))
  const faces = new Map(answer.faces.map((item): [number, Face] => [item.id, {
    id: item.id, kind: item.kind, label: item.label,
    divisions: [...(item.division ? [item.division] : []), ...item.parents],
  }]))
  const whole = answer.faces.filter((face) => face.kind !== 'outside' && face.complete !== false)
  return {
    arcs, faces, complete: new Set(whole.map((face) => face.id)),
    nodes: new Map(answer.nodes.map((node) => [node.id, [node.x, node.y]])),
  }
}
