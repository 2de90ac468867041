/** Change requests: draft, operations, check, preview and the decisions on them. */
import type { Operation } from '../topology/operations'
import { get, post, put } from './client'
import type { DivisionLink, FeatureCollection, Page } from './divisions'

export type RequestState =
  | 'draft' | 'submitted' | 'approved' | 'in_force' | 'returned' | 'rejected' | 'withdrawn'
export const REQUEST_STATES: readonly RequestState[] = [
  'draft', 'submitted', 'approved', 'in_force', 'returned', 'rejected', 'withdrawn',
]
export type Decision = 'submit' | 'return' | 'approve' | 'reject' | 'withdraw'

export type RequestKind = 'boundary_correction' | 'boundary_change' | 'division_change'

export interface Person {
  readonly id: string
  readonly display_name: string
}

export interface ChangeRequest {
  readonly id: string
  readonly number: string | number | null
  readonly kind: RequestKind
  readonly title: string
  readonly reason: string
  readonly state: RequestState
  readonly version: number
  readonly content_hash: string | null
  /** The day the law changes; null: the day of approval. */
  readonly effective_on: string | null
  readonly base_event: string | number | null
  readonly created_by: Person
  readonly last_editor: Person | null
  readonly created_at: string
  readonly updated_at: string
  readonly operations: readonly Operation[]
  readonly touched_divisions: readonly DivisionLink[]
  readonly allowed_actions: readonly string[]
  readonly document_no: string | null
  readonly decided_by: Person | null
}

export interface Receipt {
  readonly id: string
  readonly status: 'applied' | 'duplicate' | 'retracted' | 'conflict' | 'refused'
  readonly reason: string | null
}

export interface Issue {
  readonly code: string
  readonly severity: 'error' | 'warning' | 'information'
  readonly message: string
  readonly message_en: string
  readonly lon: number | null
  readonly lat: number | null
  readonly divisions?: readonly (DivisionLink | string)[]
}

/** A code that the change makes necessary: by the rules, and as the operations give it. */
export interface CodeProposal {
  readonly division_id: string
  readonly level: number
  readonly name: string
  readonly before: string | null
  readonly proposed: string | null
  readonly confirmed: string | null
}

export interface LineageRow {
  readonly from: DivisionLink
  readonly to: DivisionLink
  readonly role: 'whole' | 'part'
  readonly area_m2: number | null
  readonly population: number | null
}

interface UnitRef extends DivisionLink {
  readonly type: string
  readonly parent?: DivisionLink | null
}

export interface Conflict {
  readonly arc: number | null
  readonly kind: 'changed' | 'gone' | 'same_stretch' | 'node_moved' | 'division_gone' | 'division_changed'
  readonly division?: DivisionLink | null
  readonly base: readonly [number, number][]
  readonly mine: readonly [number, number][]
  readonly theirs: readonly [number, number][] | null
}

export interface Check {
  readonly ok: boolean
  readonly issues: readonly Issue[]
  readonly conflicts: readonly Conflict[]
}

export interface DivisionPreview {
  readonly id: string
  readonly name: string
  readonly code: string | null
  readonly level: number
  readonly area_before_m2: number
  readonly area_after_m2: number
  readonly gained_m2: number
  readonly lost_m2: number
  readonly change_m2: number
  readonly change_mu: number
}

export interface Preview extends Check {
  readonly divisions: readonly DivisionPreview[]
  readonly before: FeatureCollection
  readonly after: FeatureCollection
  readonly pieces: FeatureCollection<{ from: string; to: string; area_m2: number }>
  readonly arcs_before: FeatureCollection
  readonly arcs_after: FeatureCollection
  readonly names: readonly { division_id: string; before: string; after: string }[]
  readonly codes: readonly CodeProposal[]
  readonly founded: readonly UnitRef[]
  readonly ended: readonly UnitRef[]
  readonly lineage: readonly LineageRow[]
}

export interface LogItem {
  readonly at: string
  readonly actor: Person | string | null
  readonly action: string
  readonly from_state: RequestState | null
  readonly to_state: RequestState | null
  readonly reason: string | null
  readonly content_hash: string | null
}

const path = (id: string) => `/api/v1/requests/${encodeURIComponent(id)}`

export function listRequests(
  query: { state?: string; mine?: boolean; limit?: number; cursor?: string | null },
): Promise<Page<ChangeRequest>> {
  return get('/api/v1/requests', query)
}

export function createRequest(
  title: string, reason: string, kind: RequestKind = 'boundary_correction', effectiveOn: string | null = null,
): Promise<ChangeRequest> {
  return post('/api/v1/requests', { kind, title, reason, effective_on: effectiveOn })
}

/** Put one more operation at the end of a draft, or of a new one that is withdrawn when it cannot hold it. */
export async function addOperations(
  draft: ChangeRequest, operations: readonly Operation[], fresh: boolean,
): Promise<ChangeRequest & { receipts: readonly Receipt[] }> {
  try {
    return await putOperations(draft, [...draft.operations, ...operations])
  } catch (error) {
    if (fresh) await decide(draft, 'withdraw', null, null)
    throw error
  }
}

export interface Overlap {
  readonly id: string
  readonly number: number
  readonly title: string
  readonly state: RequestState
  readonly author: Person
  readonly same_line: boolean
  readonly shared: readonly DivisionLink[]
  readonly mine: boolean
}

/** Other open requests that touch what this one touches. */
export async function getOverlaps(id: string): Promise<readonly Overlap[]> {
  return (await get<{ items: Overlap[] }>(`${path(id)}/overlaps`)).items
}

/** Open requests on lines or divisions that somebody is about to work on. */
export async function findOverlapping(divisions: readonly string[], arcs: readonly number[] = []): Promise<readonly Overlap[]> {
  const query = { divisions: divisions.join(','), arcs: arcs.join(',') }
  return (await get<{ items: Overlap[] }>('/api/v1/requests/overlapping', query)).items
}

export function getRequest(id: string): Promise<ChangeRequest> {
  return get(path(id))
}

export function putOperations(
  request: ChangeRequest, operations: readonly Operation[],
): Promise<ChangeRequest & { receipts: readonly Receipt[] }> {
  return put(`${path(request.id)}/operations`, { version: request.version, operations })
}

export function checkRequest(id: string): Promise<Check> {
  return post(`${path(id)}/check`)
}

export function getPreview(id: string): Promise<Preview> {
  return get(`${path(id)}/preview`)
}

export async function getLog(id: string): Promise<readonly LogItem[]> {
  return (await get<{ items: LogItem[] }>(`${path(id)}/log`)).items
}

export function decide(
  request: ChangeRequest, decision: Decision, reason: string | null, documentNo: string | null,
): Promise<ChangeRequest> {
  const { version, content_hash } = request
  return post(`${path(request.id)}/${decision}`, { version, content_hash, reason, document_no: documentNo })
}
